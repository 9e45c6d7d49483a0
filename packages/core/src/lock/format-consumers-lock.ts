import type { ConsumersLock, LockedConsumer, LockedTable } from './consumers-lock.ts';

const HEADER = `# Who uses the tables of this repository, as the mesh knew it. Written by \`hanse pull\`; edit nothing here.
# \`hanse plan --base\` reads it: commit it, and pull again before it is older than limits.lockDays (7 days where hanse.yaml says nothing).
`;

const ACCEPTED = ['agreement', 'change', 'version', 'by', 'at', 'reason'] as const;

/** Of a text that names every column of a wide table. */
const LONGEST = 1_000;

/** The lock as text: the same for the same consumers, in an order of its own, each consumer on one line. Scalars are JSON, which is YAML. */
export function formatConsumersLock({ mesh, asOf, at, accepted = [], tables }: ConsumersLock): string {
  const head = [`version: 1`, `mesh: ${text(mesh)}`, `asOf: ${asOf}`, `at: ${text(at)}`];
  const yes = accepted.map((one) => `  - {${ACCEPTED.map((part) => `${part}: ${text(one[part])}`).join(', ')}}`);
  if (yes.length > 0) head.push('accepted:', ...yes.toSorted());
  const each = Object.entries(tables).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = each.flatMap(([id, table]) => [`  ${text(id)}:`, `    table: ${text(table.table)}`, ...consumerLines(table)]);
  return `${HEADER}${[...head, lines.length === 0 ? 'tables: {}' : 'tables:', ...lines].join('\n')}\n`;
}

function consumerLines({ consumers }: LockedTable): readonly string[] {
  if (consumers.length === 0) return ['    consumers: []'];
  const lines = consumers.map((consumer) => `      - {${members(consumer).join(', ')}}`);
  return ['    consumers:', ...lines.toSorted()];
}

function members({ consumer, agreement, role, noticeDays, columns, evidence, lastSeen }: LockedConsumer): readonly string[] {
  return [
    `consumer: ${text(consumer)}`,
    ...(agreement === undefined ? [] : [`agreement: ${text(agreement)}`]),
    ...(role === undefined ? [] : [`role: ${text(role)}`]),
    ...(noticeDays === undefined ? [] : [`noticeDays: ${noticeDays}`]),
    `columns: ${columns === undefined ? 'unknown' : `[${columns.toSorted().map(text).join(', ')}]`}`,
    `evidence: ${text(evidence.length > LONGEST ? `${evidence.slice(0, LONGEST - 1).toWellFormed()}…` : evidence)}`,
    ...(lastSeen === undefined ? [] : [`lastSeen: ${text(lastSeen)}`]),
  ];
}

function text(value: string): string {
  return JSON.stringify(value);
}
