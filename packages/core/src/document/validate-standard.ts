import * as odcs30 from '../../standards/compiled/odcs-v3.0.mjs';
import * as odcs31 from '../../standards/compiled/odcs-v3.1.mjs';
import * as odcs32 from '../../standards/compiled/odcs-v3.2.mjs';
import * as odps09 from '../../standards/compiled/odps-v0.9.mjs';
import * as odps10 from '../../standards/compiled/odps-v1.0.mjs';
import * as odps11 from '../../standards/compiled/odps-v1.1.mjs';
import type { Finding } from '../finding/finding.ts';
import type { CompiledSchema } from './compiled-schema.ts';
import { explainSchemaErrors } from './explain-schema-errors.ts';
import { isObject } from './json.ts';
import { documentLimits } from './limits.ts';
import { positionOf, type SourceDocument } from './source-document.ts';

export type StandardName = 'ODCS' | 'ODPS';

interface Release {
  /** The versions that state this release, the newest first. */
  readonly versions: readonly string[];
  readonly schema: CompiledSchema;
}

interface Standard {
  readonly name: StandardName;
  /** Oldest first. */
  readonly releases: readonly Release[];
  /** What a document of a version before the first must change. */
  readonly wayUp: string;
}

const STANDARDS: Readonly<Record<StandardName, Standard>> = {
  ODCS: {
    name: 'ODCS',
    releases: [
      { versions: ['v3.0.2', 'v3.0.1', 'v3.0.0'], schema: odcs30 },
      { versions: ['v3.1.0'], schema: odcs31 },
      { versions: ['v3.2.0'], schema: odcs32 },
    ],
    wayUp:
      'Raise it to v3.2.0: `uuid` becomes `id`, `dataset` becomes `schema`, `table` and `column` become `name`, `columns` becomes `properties`, ' +
      '`isPrimaryKey` and `isUnique` become `primaryKey` and `unique`, `isNullable: false` becomes `required: true`, `stakeholders` becomes `team`.',
  },
  ODPS: {
    name: 'ODPS',
    releases: [
      { versions: ['v0.9.0'], schema: odps09 },
      { versions: ['v1.0.0'], schema: odps10 },
      { versions: ['v1.1.0'], schema: odps11 },
    ],
    wayUp: 'Raise it to v1.1.0.',
  },
};

/** Explaining compares errors with one another. */
const MAX_ERRORS = 500;

/** Findings of the standard's own JSON Schema, of the version that the document states. */
export function validateStandard(document: SourceDocument, name: StandardName): readonly Finding[] {
  const standard = STANDARDS[name];
  if (!isObject(document.value)) {
    return [
      {
        code: 'document.schema',
        severity: 'error',
        at: positionOf(document, []),
        message: 'the document is no mapping',
        hint: `Begin it with \`apiVersion: ${newest(standard)}\`.`,
      },
    ];
  }
  const stated = document.value['apiVersion'];
  const index = standard.releases.findIndex((release) => release.versions.some((version) => version === stated));
  const release = standard.releases[index];
  if (release === undefined) return [versionFinding(document, standard)];
  if (release.schema.validate(document.value)) return [];
  const explained = explainSchemaErrors(
    { value: document.value, schema: release.schema, standard: `${name} ${String(stated)}` },
    (release.schema.validate.errors ?? []).slice(0, MAX_ERRORS),
  );
  const later = explained.length === 0 ? undefined : standard.releases.slice(index + 1).find(({ schema }) => schema.validate(document.value));
  if (later !== undefined) return [laterFinding(document, String(stated), later.versions[0] ?? '')];
  return explained.slice(0, documentLimits.findings).map(({ path, part, message, hint }) => ({
    code: 'document.schema',
    severity: 'error',
    at: positionOf(document, path, part),
    message,
    hint,
  }));
}

function newest(standard: Standard): string {
  return standard.releases.at(-1)?.versions[0] ?? '';
}

/** Releases of one major add and correct, so the data is well described: only the number is behind. */
function laterFinding(document: SourceDocument, stated: string, later: string): Finding {
  return {
    code: 'document.version',
    severity: 'warning',
    at: positionOf(document, ['apiVersion']),
    message: `the document states ${stated} and uses what ${later} brought`,
    hint: `Write \`apiVersion: ${later}\`.`,
  };
}

function versionFinding(document: SourceDocument, standard: Standard): Finding {
  const value = isObject(document.value) ? document.value : {};
  const stated = value['apiVersion'];
  const read = standard.releases.flatMap(({ versions }) => versions.toReversed());
  const isOld = standard.name === 'ODCS' && (/^v?[012]\./.test(String(stated)) || (stated === undefined && ('uuid' in value || 'dataset' in value)));
  const close = read.find((version) => version === `v${String(stated)}` || version.startsWith(`v${String(stated).replace(/^v/, '')}.`));
  const message =
    stated === undefined ? '`apiVersion` is missing' : `${standard.name} ${String(stated)} is not read; ${read[0] ?? ''} to ${newest(standard)} are`;
  const hint = close === undefined ? `Write \`apiVersion: ${newest(standard)}\` and follow what \`hanse plan\` then says.` : `Write \`apiVersion: ${close}\`.`;
  return {
    code: 'document.version',
    severity: 'error',
    at: positionOf(document, ['apiVersion']),
    message,
    hint: isOld ? standard.wayUp : hint,
  };
}
