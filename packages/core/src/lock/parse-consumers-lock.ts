import { z } from 'zod';
import { checkShape } from '../document/check-shape.ts';
import { optional } from '../document/json.ts';
import { readYaml } from '../document/read-yaml.ts';
import type { Finding } from '../finding/finding.ts';
import type { ConsumersLock, LockedConsumer } from './consumers-lock.ts';

/** Far above what a repository has, low enough that hostile text costs little. */
const MOST = { tables: 10_000, consumers: 10_000, columns: 10_000 } as const;

const name = z.string().min(1).max(1_000);
/** Printed on terminals and in comments: what would move a cursor there is taken out. */
const shown = name.transform((text) => text.replaceAll(/\p{Cc}/gu, '\u{FFFD}'));
const consumer = z.strictObject({
  consumer: shown,
  agreement: shown.optional(),
  role: shown.optional(),
  noticeDays: z.int().min(0).max(36_500).optional(),
  columns: z.union([z.literal('unknown'), z.array(name).max(MOST.columns)]),
  evidence: shown,
  lastSeen: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'a day, as 2026-01-31')
    .optional(),
});
const shape = z.strictObject({
  version: z.literal(1),
  mesh: shown,
  asOf: z.int().min(0),
  at: z.iso.datetime('a time in UTC, as 2026-01-31T12:00:00.000Z'),
  accepted: z
    .array(
      z.strictObject({ agreement: name, change: z.string().min(1).max(20_000), version: name, by: name, at: z.iso.datetime(), reason: z.string().max(2_000) }),
    )
    .max(MOST.consumers)
    .optional(),
  tables: z
    .record(name, z.strictObject({ table: shown, consumers: z.array(consumer).max(MOST.consumers) }))
    .refine((tables) => Object.keys(tables).length <= MOST.tables, `at most ${MOST.tables} tables`),
});

/** The text of a `consumers.lock.yaml`, which anybody may have edited; or findings with the place of each fault. */
export function parseConsumersLock(file: string, text: string): { readonly lock?: ConsumersLock; readonly findings: readonly Finding[] } {
  const { document, findings } = readYaml(file, text);
  if (document === undefined) return { findings };
  const { value, findings: faults } = checkShape(document, shape);
  if (value === undefined) return { findings: faults };
  const tables = Object.entries(value.tables).map(([id, { table, consumers }]) => [id, { table, consumers: consumers.map(convert) }] as const);
  return {
    lock: { mesh: value.mesh, asOf: value.asOf, at: value.at, tables: Object.fromEntries(tables), ...optional('accepted', value.accepted) },
    findings: [],
  };
}

function convert({ agreement, role, noticeDays, columns, lastSeen, ...rest }: z.infer<typeof consumer>): LockedConsumer {
  return {
    ...rest,
    columns: columns === 'unknown' ? undefined : columns,
    ...optional('agreement', agreement),
    ...optional('role', role),
    ...optional('noticeDays', noticeDays),
    ...optional('lastSeen', lastSeen),
  };
}
