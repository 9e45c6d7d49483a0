import { type Change, changeKinds, type Raise } from './change.ts';

/** What changes make of a contract's version. */
export interface VersionProposal {
  readonly before: string;
  readonly after: string;
  /** The least version that says what changed. */
  readonly proposed: string;
  readonly raises: Raise;
  /** The version that is written says it too, or only words changed. */
  readonly enough: boolean;
}

const RAISES = ['patch', 'minor', 'major'] as const satisfies readonly Raise[];

/**
 * The semantic version of a contract after changes: what breaks readers raises the major, what else is promised the minor, words the
 * patch. Before 1.0.0 a break raises the minor (Semantic Versioning 2.0.0, 4). Undefined where nothing changed.
 */
export function proposeVersion(before: string, after: string, changes: readonly Pick<Change, 'kind'>[]): VersionProposal | undefined {
  if (changes.length === 0) return undefined;
  const raises = RAISES[Math.max(...changes.map(({ kind }) => RAISES.indexOf(changeKinds[kind].raises)))] ?? 'patch';
  const [was, is] = [numbers(before), numbers(after)];
  const place = was[0] === 0 ? (raises === 'major' ? 1 : 2) : 2 - RAISES.indexOf(raises);
  const wanted = was.map((number, index) => (index < place ? number : index === place ? number + 1 : 0));
  const first = is.findIndex((number, index) => number !== was[index]);
  const isRaised = first >= 0 && first <= place && (is[first] ?? 0) > (was[first] ?? 0);
  return { before, after, proposed: `${/^v/.exec(before) === null ? '' : 'v'}${wanted.join('.')}`, raises, enough: isRaised || raises === 'patch' };
}

/** Major, minor and patch; those that are not written are 0. */
function numbers(version: string): readonly [number, number, number] {
  const [, major = '0', minor = '0', patch = '0'] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version.trim()) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}
