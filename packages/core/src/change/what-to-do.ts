import type { Change, ChangeKind } from './change.ts';
import type { Verdict } from './judge-change.ts';

/** What a reader that uses it has to do about a change. */
const READER: Partial<Readonly<Record<ChangeKind, (change: Change) => string>>> = {
  'object-removed': () => 'Read another table, or agree on keeping this one.',
  'object-renamed': ({ after }) => `Read it as ${after}.`,
  'column-removed': ({ column }) => `Stop reading ${column}.`,
  'column-renamed': ({ column, after }) => `Read ${after} in place of ${column}.`,
  'type-changed': ({ column, before, after }) => `Read ${column} as ${after}, or cast it to ${before}.`,
  'required-dropped': ({ column }) => `Expect nulls in ${column}.`,
  'unique-dropped': ({ column }) => `Expect repeated values in ${column}, also in joins.`,
  'key-dropped': () => 'Expect repeated keys, also in joins.',
  'key-changed': () => 'Join on the new key.',
  'values-widened': ({ column }) => `Expect other values in ${column}.`,
  'values-changed': ({ column }) => `Expect other values in ${column}.`,
  'limits-loosened': ({ column }) => `Expect values of ${column} beyond the former limits.`,
  'limits-changed': ({ column }) => `Expect other values in ${column}.`,
  'rule-removed': () => 'Check yourself what is no longer promised.',
  'rule-loosened': () => 'Check yourself what is no longer promised.',
  'rule-changed': () => 'Look whether the new rule is enough.',
  'service-level-loosened': () => 'Look whether the new service level is enough.',
  'service-level-changed': () => 'Look whether the new service level is enough.',
  'meaning-changed': ({ column }) => `Convert ${column}, or read it as what it means now.`,
  'classification-raised': ({ column }) => `Handle ${column} as it is classified now.`,
  'role-removed': () => 'Ask for another role.',
  'role-changed': () => 'Look whether the role still shows what you need.',
  deprecated: () => 'Move to the next major version before the notice ends.',
  retired: () => 'Move to the next major version.',
};

/** One sentence for the consumer; for a writer, what its build must do. */
export function whatToDo(change: Change, { verdict, side }: { readonly verdict: Verdict; readonly side: 'reader' | 'writer' }): string {
  if (side === 'writer') return `Deliver what the contract asks: ${change.message}.`;
  if (verdict === 'safe' && change.kind !== 'deprecated') return 'Nothing.';
  const told = READER[change.kind]?.(change) ?? 'Look at the change.';
  return verdict === 'unknown' ? `Say whether you use it; if so, ${told.charAt(0).toLowerCase()}${told.slice(1)}` : told;
}
