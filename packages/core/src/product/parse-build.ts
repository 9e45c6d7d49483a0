import { z } from 'zod';
import { checkShape } from '../document/check-shape.ts';
import { optional } from '../document/json.ts';
import { positionOf, type SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import type { BuildFile, BuildObject, BuildSource, Schedule, SourceColumn } from './build-file.ts';

const sqlName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name that SQL can use: letters, digits and `_`');
const level = z.enum(['observe', 'warn', 'block']);
const text = z.string().min(1);
const column = z.strictObject({ name: text, type: text });
const fileSource = z.strictObject({
  file: text,
  format: z.enum(['csv', 'json', 'parquet']).optional(),
  columns: z.union([z.array(column), z.record(z.string(), text)]).optional(),
  csv: z.strictObject({ delimiter: z.string().min(1).max(4).optional(), header: z.boolean().optional(), nullText: z.string().optional() }).optional(),
});
const postgresSource = z.strictObject({ postgres: text, table: text.optional(), query: text.optional(), cursor: text.optional() });
const object = z.strictObject({
  mode: z.enum(['full', 'append', 'merge']).optional(),
  cursor: text.optional(),
  external: z.boolean().optional(),
  retries: z.int().min(0).max(20).optional(),
  level: level.optional(),
});
const shape = z.strictObject({
  sources: z.record(sqlName, z.union([fileSource, postgresSource])).optional(),
  objects: z.record(sqlName, object).optional(),
  schedule: text.optional(),
  level: level.optional(),
});

/** `build.yaml` as a value; connection strings and paths keep their `${VAR}`. */
export function parseBuild(document: SourceDocument): { readonly build?: BuildFile; readonly findings: readonly Finding[] } {
  const { value, findings: shapeFindings } = checkShape(document, shape);
  if (value === undefined) return { findings: shapeFindings };
  const sources = Object.entries(value.sources ?? {}).map(([name, source]) => [name, convertSource(source)] as const);
  const findings: Finding[] = sources.flatMap(([name, source]) => (source === undefined ? [sourceFinding(document, name)] : []));
  for (const [name, each] of Object.entries(value.objects ?? {})) {
    if (each.mode === 'append' && each.cursor === undefined && each.external !== true) findings.push(cursorFinding(document, name));
  }
  const schedule = value.schedule === undefined ? undefined : parseSchedule(value.schedule);
  if (value.schedule !== undefined && schedule === undefined) findings.push(scheduleFinding(document, value.schedule));
  if (findings.length > 0) return { findings };
  const build: BuildFile = {
    sources: Object.fromEntries(sources.flatMap(([name, source]) => (source === undefined ? [] : [[name, source]]))),
    objects: Object.fromEntries(Object.entries(value.objects ?? {}).map(([name, each]) => [name, convertObject(each)])),
    ...optional('schedule', schedule),
    ...optional('level', value.level),
  };
  return { build, findings };
}

function convertSource(source: z.infer<typeof fileSource> | z.infer<typeof postgresSource>): BuildSource | undefined {
  if ('postgres' in source) {
    if ((source.table === undefined) === (source.query === undefined)) return undefined;
    const read = source.table === undefined ? ({ kind: 'query', query: source.query ?? '' } as const) : ({ kind: 'table', table: source.table } as const);
    return { kind: 'postgres', postgres: source.postgres, read, ...optional('cursor', source.cursor) };
  }
  const { csv } = source;
  return {
    kind: 'file',
    file: source.file,
    ...optional('format', source.format),
    ...optional('columns', sourceColumns(source.columns)),
    ...(csv !== undefined && { csv: { ...optional('delimiter', csv.delimiter), ...optional('header', csv.header), ...optional('nullText', csv.nullText) } }),
  };
}

function sourceColumns(columns: readonly SourceColumn[] | Readonly<Record<string, string>> | undefined): readonly SourceColumn[] | undefined {
  if (columns === undefined || isList(columns)) return columns;
  return Object.entries(columns).map(([name, type]) => ({ name, type }));
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

function convertObject(object: z.infer<typeof shape>['objects'] extends infer O ? NonNullable<O>[keyof NonNullable<O>] : never): BuildObject {
  return {
    mode: object.mode ?? 'full',
    external: object.external ?? false,
    ...optional('cursor', object.cursor),
    ...optional('retries', object.retries),
    ...optional('level', object.level),
  };
}

/** Five fields, or six with seconds before them, of the characters that cron knows. */
const CRON = /^(?:[\d*,/\-?LW#A-Za-z]+\s+){4,5}[\d*,/\-?LW#A-Za-z]+$|^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

function parseSchedule(written: string): Schedule | undefined {
  const schedule = written.trim();
  if (schedule === 'after inputs') return { kind: 'after-inputs' };
  return CRON.test(schedule) ? { kind: 'cron', cron: schedule } : undefined;
}

function scheduleFinding(document: SourceDocument, written: string): Finding {
  return {
    code: 'build.schedule',
    severity: 'error',
    at: positionOf(document, ['schedule']),
    message: `the schedule \`${written.slice(0, 60)}\` is neither a cron expression nor \`after inputs\``,
    hint: 'Write minute, hour, day, month and weekday, as "0 5 * * *" for every day at five.',
  };
}

function sourceFinding(document: SourceDocument, name: string): Finding {
  return {
    code: 'document.shape',
    severity: 'error',
    at: positionOf(document, ['sources', name]),
    message: `the source \`${name}\` needs either \`table\` or \`query\``,
    hint: 'Name a table of that database, or write one query.',
  };
}

function cursorFinding(document: SourceDocument, name: string): Finding {
  return {
    code: 'document.shape',
    severity: 'error',
    at: positionOf(document, ['objects', name]),
    message: `the object \`${name}\` is appended to and has no \`cursor\``,
    hint: 'Name the column that only grows, so that a build knows which rows are new.',
  };
}
