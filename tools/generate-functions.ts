import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { type FunctionGroup, type FunctionKind, namesOf } from '@hanse/core/gate/function-group.ts';
import { functionGroups, unlisted } from '@hanse/core/gate/functions.ts';

const target = new URL('../packages/core/src/gate/functions.ts', import.meta.url);
const lineLength = 116;

const head = (version: string) => `import type { FunctionGroup } from './function-group.ts';

/** The engine whose functions are decided here. */
export const decidedVersion = '${version}';

/** Names that the engine's parser makes or knows, and its list of functions does not have. */
export const unlisted: readonly string[] = [${unlisted.map((name) => `'${name}'`).join(', ')}];

/**
 * Every function of the pinned engine, allowed or denied by name, with the reason of its group. Names are moved between
 * groups by hand; \`node tools/generate-functions.ts\` removes what the engine no longer has and puts what is new under
 * \`undecided\`, which a test refuses.
 */
export const functionGroups: readonly FunctionGroup[] = [
`;

interface Listed {
  readonly kind: FunctionKind;
  readonly name: string;
}

/** The groups with names that are listed, and one more for those that no group has. */
function regroup(groups: readonly FunctionGroup[], listed: readonly Listed[]): readonly FunctionGroup[] {
  const known = new Set(listed.map(keyOf));
  const decided = new Set(groups.flatMap((group) => namesOf(group).map((name) => keyOf({ kind: group.kind, name }))));
  const kept = groups.map((group) => ({
    ...group,
    names: namesOf(group)
      .filter((name) => unlisted.includes(name) || known.has(keyOf({ kind: group.kind, name })))
      .join(' '),
  }));
  const kinds = ['scalar', 'table', 'pragma'] as const;
  const added = kinds.map((kind): FunctionGroup => {
    const names = listed.filter((one) => one.kind === kind && !decided.has(keyOf(one))).map(({ name }) => name);
    return { decision: 'undecided', kind, reason: 'is new in this version', names: names.join(' ') };
  });
  return [...kept, ...added].filter(({ names }) => names !== '');
}

function keyOf({ kind, name }: Listed): string {
  return `${kind} ${name}`;
}

function format(group: FunctionGroup): string {
  const instead = group.instead === undefined ? '' : `\n    instead: ${JSON.stringify(group.instead)},`;
  return `  {
    decision: '${group.decision}',
    kind: '${group.kind}',
    reason: '${group.reason}',${instead}
    names: \`
${wrap(namesOf(group).toSorted())}
    \`,
  },
`;
}

function wrap(names: readonly string[]): string {
  const lines: string[] = [];
  let line = '     ';
  for (const name of names) {
    if (line.length + name.length + 1 > lineLength) {
      lines.push(line);
      line = '     ';
    }
    line += ` ${name}`;
  }
  return [...lines, line].join('\n');
}

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const functions = await connection.runAndReadAll(`
  SELECT DISTINCT CASE function_type WHEN 'pragma' THEN 'pragma' WHEN 'table' THEN 'table' WHEN 'table_macro' THEN 'table'
    ELSE 'scalar' END AS kind, function_name AS name
  FROM duckdb_functions() ORDER BY ALL`);
const version = await connection.runAndReadAll('SELECT version()');
const listed = functions.getRows().map(([kind, name]): Listed => ({
  kind: kind === 'table' || kind === 'pragma' ? kind : 'scalar',
  name: String(name),
}));
const groups = regroup(functionGroups, listed);
writeFileSync(target, `${head(String(version.getRows()[0]?.[0]))}${groups.map(format).join('')}];\n`);
const undecided = groups.filter(({ decision }) => decision === 'undecided').flatMap(namesOf);
console.log(undecided.length === 0 ? 'Every function is decided.' : `To decide: ${undecided.join(' ')}`);
