import { join } from 'node:path';
import type { SourceColumn } from '@hanse/core/product/build-file.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { parsePhysicalType } from '@hanse/core/table/physical-type.ts';
import { UserError } from '../error.ts';
import type { Files } from '../files/files.ts';
import { openFileSource } from './file/open.ts';
import { type PermissionOptions, permissionsOf } from './permissions.ts';
import type { OpenSource } from './source.ts';

export interface SourceSurroundings extends PermissionOptions {
  readonly repository: string;
  /** The mesh's own files, which are read under agreements and never as a source. */
  readonly storage: string;
  readonly files: Files;
}

/** Opens sources as build.yaml describes them, where hanse.yaml lets the build's domain read them. */
export function sourceOpener({ repository, storage, files, ...options }: SourceSurroundings): OpenSource {
  return (source, place) => {
    const permissions = permissionsOf(options, place);
    if (source.kind === 'postgres') {
      const postgres = {
        connection: permissions.connection(source.postgres),
        read: source.read,
        files,
        label: place.label,
        ...(source.cursor !== undefined && { cursor: source.cursor }),
      };
      return { land: async (landing) => (await import('./postgres/open.ts')).openPostgresSource(postgres).land(landing) };
    }
    return openFileSource({
      written: source.file,
      pattern: place.anywhere === true ? source.file : permissions.fileName(source.file),
      folder: join(repository, place.folder),
      repository,
      domain: place.domain,
      roots: place.anywhere === true ? ['/'] : permissions.folders(),
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
    if (parsed === undefined)
      throw new UserError('invalid', `${label}: column ${name} has the type ${type}, which is not known`, 'Write a DuckDB type, as BIGINT or DECIMAL(18,2).');
    return { key: name, name, type: parsed, required: false };
  });
  return assignFieldIds(noColumns, fields).columns;
}
