import { realpath } from 'node:fs/promises';
import { ExternalError, UserError } from '../../error.ts';
import { askGit, runGit } from './run-git.ts';

/** A folder inside a git repository. */
export interface Clone {
  /** The folder, as an absolute path without links. */
  readonly folder: string;
  /** Where it lies in the repository: `` or `data/mesh/`. */
  readonly prefix: string;
  /** The hash that names its objects. */
  readonly hash: 'sha1' | 'sha256';
  readonly shallow: boolean;
}

/** Finds the repository that a folder lies in. Errors: `UserError` where there is none, `ExternalError` where git says otherwise. */
export async function findClone(folder: string): Promise<Clone> {
  const root = await realpath(folder).catch(() => folder);
  const printed: Buffer[] = [];
  const asked = ['rev-parse', '--show-prefix', '--is-shallow-repository', '--show-object-format'];
  const { code, stderr } = await runGit(root, asked, { take: (bytes) => printed.push(bytes) });
  if (code !== 0) throw notFound(root, stderr);
  const [prefix = '', shallow = '', hash = ''] = Buffer.concat(printed).toString().split('\n');
  return { folder: root, prefix, shallow: shallow === 'true', hash: hash === 'sha256' ? 'sha256' : 'sha1' };
}

function notFound(folder: string, said: string): Error {
  if (/not a git repository/.test(said))
    return new UserError('missing', `${folder} is in no git repository`, 'A plan with --base compares revisions: run it in a clone, or leave --base away.');
  const hint = /dubious ownership/.test(said)
    ? `The clone is another user's. Where that is meant: git config --global --add safe.directory ${folder}.`
    : 'See what `git status` says there.';
  return new ExternalError(`${folder}: git cannot read the repository (${said.split('\n')[0]})`, { hint });
}

/** git's own rule for names (git-check-ref-format), and the operators of revisions. */
const HOSTILE = /^-|\.\.|[\s:?*[\\\p{Cc}]/u;
const LONGEST = 250;
const WHOLE_HISTORY = 'in CI check out the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)';

/** The commit that a revision names. Error: `UserError` where it names none, with what to do about it. */
export async function findCommit({ folder, shallow }: Clone, revision: string, flag: string): Promise<string> {
  if (revision === '' || revision.length > LONGEST || HOSTILE.test(revision))
    throw new UserError('usage', `${flag} is ${JSON.stringify(revision.slice(0, LONGEST))}, which names no revision`, 'As in --base origin/main.');
  const commit = await askGit(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (commit !== undefined) return commit;
  const [, branch] = /^origin\/(.+)$/.exec(revision) ?? [];
  const fetch = shallow ? 'git fetch --unshallow' : `git fetch origin${branch === undefined ? '' : ` ${branch}`}`;
  const hint = `Bring it here: ${fetch}; ${WHOLE_HISTORY}.`;
  throw new UserError('missing', `${flag} ${revision}: this clone has no such revision${shallow ? '; it is a shallow one' : ''}`, hint);
}

/** The newest commit that both have: what a pull request is compared with. */
export async function findMergeCommit({ folder, shallow }: Clone, base: string, head: string): Promise<string> {
  const found = await askGit(folder, ['merge-base', '--end-of-options', base, head]);
  const [commit] = found?.split('\n') ?? [];
  if (commit !== undefined && commit !== '') return commit;
  throw new UserError(
    'missing',
    `${base.slice(0, 12)} and ${head.slice(0, 12)} have no commit in common${shallow ? ' in this shallow clone' : ''}`,
    shallow ? `Bring the history here: git fetch --unshallow; ${WHOLE_HISTORY}.` : 'Name a revision of the same history.',
  );
}
