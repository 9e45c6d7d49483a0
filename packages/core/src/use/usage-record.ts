import type { Usage } from '../change/judge-change.ts';
import { optional } from '../document/json.ts';

/** Where an imported use is known from. */
export type UsageSource = 'dbt' | 'query-log' | 'openlineage';

/** Uses of tables that somebody brought to the mesh: one dbt project, or one log of a database. Holds no literal of a statement. */
export interface UsageRecord {
  readonly source: UsageSource;
  /** What the project or the log is called: brought again it takes the place of what was, or adds to it. */
  readonly origin: string;
  /** When dbt wrote the manifest, or the log was read: ISO 8601 in UTC. */
  readonly seen: string;
  readonly uses: readonly ImportedUse[];
}

/** One consumer's use of one table, in one model or in all statements of a log. */
export interface ImportedUse {
  /** Id of the served table. */
  readonly table: string;
  /** As people name it: a domain, a product, a person, or a user of a database whom no agreement names. */
  readonly consumer: string;
  /** Ids of properties, `*` for all; null where they cannot be told. */
  readonly columns: readonly string[] | null;
  readonly why?: string;
  /** `model reach`, `exposure weekly`; absent of statements. */
  readonly where?: string;
  /** Statements by day, as 2026-01-31. */
  readonly days: Readonly<Record<string, number>>;
}

/** Of one log, days that are told no more than so long. */
const MOST_DAYS = 400;
/** So many jobs of one consumer are told apart; a scheduler that names each run anew would never end. */
const MOST_JOBS = 100;
const FURTHER = 'further jobs';
/** Places named in one line of evidence. */
const MOST_NAMED = 4;

/** A log's uses with those of the same log read later: what both tell of a day is counted once. */
export function joinUses(before: readonly ImportedUse[], after: readonly ImportedUse[]): readonly ImportedUse[] {
  const groups = Map.groupBy([...before, ...after], ({ table, consumer, where }) => JSON.stringify([table, consumer, where]));
  const joined = [...groups.values()].map((same) => same.reduce(joinTwo));
  return [...Map.groupBy(joined, ({ table, consumer }) => JSON.stringify([table, consumer])).values()].flatMap(withoutOldest);
}

/** The jobs that ran last, and all others as one. */
function withoutOldest(jobs: readonly ImportedUse[]): readonly ImportedUse[] {
  if (jobs.length <= MOST_JOBS) return jobs;
  const lastDay = ({ where, days }: ImportedUse) => (where === FURTHER ? '' : (Object.keys(days).toSorted().at(-1) ?? ''));
  const newest = jobs.toSorted((a, b) => (lastDay(a) === lastDay(b) ? 0 : lastDay(a) < lastDay(b) ? 1 : -1));
  const rest = newest.slice(MOST_JOBS - 1).map((use) => ({ ...use, where: FURTHER }));
  return [...newest.slice(0, MOST_JOBS - 1), ...rest.slice(0, 1).map((first) => rest.slice(1).reduce(joinTwo, first))];
}

function joinTwo(one: ImportedUse, other: ImportedUse): ImportedUse {
  const days: Record<string, number> = { ...one.days };
  for (const [day, count] of Object.entries(other.days)) days[day] = Math.max(days[day] ?? 0, count);
  const kept = Object.entries(days)
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, MOST_DAYS);
  return {
    ...one,
    columns: one.columns === null || other.columns === null ? null : [...new Set([...one.columns, ...other.columns])],
    ...optional('why', one.why ?? other.why),
    days: Object.fromEntries(kept),
  };
}

/** What was imported of one table, by consumer; `names` turns property ids into names. */
export function importedUsages(records: readonly UsageRecord[], table: string, names: (ids: readonly string[]) => readonly string[]): readonly Usage[] {
  const uses = records.flatMap((record) => record.uses.filter((use) => use.table === table).map((use) => ({ record, use })));
  return [...Map.groupBy(uses, ({ use }) => use.consumer)].map(([consumer, theirs]) => {
    const columns = theirs.map(({ use }) => use.columns);
    const seenAt = theirs.map(lastOf).toSorted().at(-1);
    const sources = [...Map.groupBy(theirs, ({ record }) => `${record.source} ${record.origin}`).values()];
    return {
      consumer,
      columns: columns.every((some) => some !== null) ? names([...new Set(columns.flat())]) : undefined,
      evidence: sources.map(sourceText).join('; '),
      ...optional('seenAt', seenAt),
    };
  });
}

interface Imported {
  readonly record: UsageRecord;
  readonly use: ImportedUse;
}

function lastOf({ record, use }: Imported): string {
  const day = Object.keys(use.days).toSorted().at(-1);
  return day === undefined ? record.seen : `${day}T00:00:00Z`;
}

function sourceText(all: readonly Imported[]): string {
  const [first] = all;
  if (first === undefined) return '';
  const { source, origin, seen } = first.record;
  const unknown = all.find(({ use }) => use.columns === null)?.use;
  const why =
    unknown === undefined
      ? ''
      : `, whose columns cannot be told${unknown.where === undefined ? '' : ` (${unknown.where})`}: ${unknown.why ?? 'no reason is on record'}`;
  if (source === 'dbt') return `dbt project ${origin}: ${placesText(all)}, as of ${seen.slice(0, 10)}${why}`;
  const count = all.flatMap(({ use }) => Object.values(use.days)).reduce((sum, one) => sum + one, 0);
  const last = all.map(lastOf).toSorted().at(-1) ?? seen;
  if (source === 'openlineage') return `${placesText(all)}, told by OpenLineage on ${last.slice(0, 10)}${why}`;
  return `${count} ${count === 1 ? 'statement' : 'statements'} in the query log ${origin}, the last on ${last.slice(0, 10)}${why}`;
}

function placesText(all: readonly Imported[]): string {
  const places = [...new Set(all.flatMap(({ use }) => use.where ?? []))];
  return places.length <= MOST_NAMED ? places.join(', ') : `${places.slice(0, MOST_NAMED).join(', ')} and ${places.length - MOST_NAMED} more`;
}

/** Adds what was imported to what is known already: to the usage of the same consumer, else as a consumer without an agreement. */
export function addImported(known: readonly Usage[], imported: readonly Usage[], isSame: (usage: Usage, consumer: string) => boolean): readonly Usage[] {
  const homes = imported.map((use) => ({
    use,
    home: known.find((usage) => usage.consumer === use.consumer) ?? known.find((usage) => isSame(usage, use.consumer)),
  }));
  const joined = known.map((usage) => homes.filter(({ home }) => home === usage).reduce((sum, { use }) => joinUsage(sum, use), usage));
  const others = homes.filter(({ home }) => home === undefined).map(({ use }) => ({ ...use, evidence: `${use.evidence}; without an agreement` }));
  return [...joined, ...others];
}

function joinUsage(one: Usage, other: Usage): Usage {
  const seenAt = [one.seenAt, other.seenAt]
    .filter((at) => at !== undefined)
    .toSorted()
    .at(-1);
  return {
    ...one,
    columns: one.columns === undefined || other.columns === undefined ? undefined : [...new Set([...one.columns, ...other.columns])],
    evidence: `${one.evidence}; ${other.evidence}`,
    ...optional('seenAt', seenAt),
  };
}
