import { join } from 'node:path';
import { resolveVariables } from '@hanse/core/document/resolve-variables.ts';
import type { SourceColumn } from '@hanse/core/product/build-file.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { parsePhysicalType } from '@hanse/core/table/physical-type.ts';
import { UserError } from '../error.ts';
import type { Files } from '../files/files.ts';
import { openFileSource } from './file/open.ts';
import type { OpenSource } from './source.ts';

export interface SourceSurroundings {
  readonly repository: string;
  /** Folders outside the repository that may be read; may hold `${VAR}`. */
  readonly roots: readonly string[];
  /** The mesh's own files, which are read under agreements and never as a source. */
  readonly storage: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
}

/** Opens sources as build.yaml describes them, with variables resolved from the environment: all but those of Hanse itself. */
export function sourceOpener({ repository, roots, storage, environment, files }: SourceSurroundings): OpenSource {
  const resolveText = (text: string, label: string): string => {
    const resolved = resolveVariables(text, (name) => (name.startsWith('HANSE_') ? undefined : environment[name]));
    if (resolved.finding === undefined) return resolved.text;
    throw new UserError('invalid', `${label}: ${resolved.finding.message}`, resolved.finding.hint);
  };
  return (source, place) => {
    if (source.kind === 'postgres') {
      const options = { connection: resolveText(source.postgres, place.label), read: source.read, files, label: place.label, ...(source.cursor !== undefined && { cursor: source.cursor }) };
      return { land: async (landing) => (await import('./postgres/open.ts')).openPostgresSource(options).land(landing) };
    }
    return openFileSource({
      written: source.file,
      pattern: place.anywhere === true ? source.file : resolveText(source.file, place.label),
      folder: join(repository, place.folder),
      roots: place.anywhere === true ? ['/'] : [repository, ...roots.map((root) => resolveText(root, 'hanse.yaml: files.roots'))],
      closed: storage,
      label: place.label,
      ...(source.format !== undefined && { format: source.format }),
      ...(source.csv !== undefined && { csv: source.csv }),
      ...(source.columns !== undefined && { columns: columnsOf(source.columns, place.label) }),
    });
  };
}

function columnsOf(written: readonly SourceColumn[], label: string): readonly Column[] {
  const fields = written.map(({ name, type }) => {
    const parsed = parsePhysicalType(type);
    if (parsed === undefined) throw new UserError('invalid', `${label}: column ${name} has the type ${type}, which is not known`, 'Write a DuckDB type, as BIGINT or DECIMAL(18,2).');
    return { key: name, name, type: parsed, required: false };
  });
  return assignFieldIds(noColumns, fields).columns;
}
