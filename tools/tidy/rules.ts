/** One file of the repository as the rules see it. */
export interface TidyFile {
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export const limits = { fileLines: 500, functionLines: 70, nesting: 4 } as const;

const BANNED = /^(?:.*(?:Manager|Helper|Processor|Factory|Utils?|Impl|Base|Data|Info)|I[A-Z][a-z]\w*)$/;
const ALLOWED = new Set(['MetaData', 'Base64']);
const BANNED_FOLDERS = new Set(['domain', 'entities', 'usecases', 'infrastructure', 'repositories', 'dto', 'utils', 'helpers']);
// Written in parts, so that this file does not find itself.
const HOSTS = new RegExp(
  ['registry', 'npmjs'].join('\\.') +
    '|' +
    ['pypi', 'org'].join('\\.') +
    '|' +
    ['repo', 'maven'].join('\\.') +
    '|' +
    ['files', 'pythonhosted'].join('\\.') +
    '|' +
    ['proxy', 'golang'].join('\\.'),
);

/**
 * Who may import whom below packages/platform/src, by folder: implementations see core and their interface, services
 * see interfaces, deliveries see services, and only the assembly sees all.
 */
const DELIVERIES = ['cli', 'http', 'pgwire'];
const IMPLEMENTATIONS = [
  'store/sqlite',
  'store/postgres',
  'store/sql',
  'engine/duckdb',
  'engine/polyglot',
  'files/local',
  'source/file',
  'source/postgres',
  'tree/folder',
  'tree/git',
];
const ASSEMBLY = new Set(['main', 'run-alone', 'run-command', 'open-platform', 'serve'].map((name) => `packages/platform/src/${name}.ts`));

export function checkFile(file: TidyFile): readonly Violation[] {
  const isCode = /\.(ts|tsx|mjs)$/.test(file.path);
  return [
    ...checkHosts(file),
    ...(isCode ? [...checkName(file), ...checkLines(file), ...checkTests(file), ...checkBarrel(file), ...checkImports(file), ...checkFunctions(file)] : []),
  ];
}

function checkHosts({ path, text }: TidyFile): readonly Violation[] {
  return linesMatching(text, HOSTS).map((line) => ({ path, line, message: 'names a registry host: lockfiles and scripts carry none' }));
}

function checkName({ path, text }: TidyFile): readonly Violation[] {
  const parts = path.split('/');
  const file = parts.at(-1) ?? '';
  const folders = parts
    .slice(0, -1)
    .filter((part) => BANNED_FOLDERS.has(part))
    .map((part) => violation(path, 1, `folder ${part}: name it after its subject`));
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mjs)$/.test(file) ? [] : [violation(path, 1, 'file names are kebab-case')];
  const names = [...text.matchAll(/^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|enum) (\w+)/gm)]
    .filter(([, name]) => name !== undefined && BANNED.test(name) && !ALLOWED.has(name))
    .map((match) => violation(path, lineOf(text, match.index), `${match[1]}: a banned name; say what it is`));
  return [...folders, ...kebab, ...names];
}

function checkLines({ path, text }: TidyFile): readonly Violation[] {
  const lines = text.split('\n').length - 1;
  const isGenerated = text.startsWith('// Generated');
  return lines > limits.fileLines && !isGenerated ? [violation(path, limits.fileLines, `${lines} lines; split it by noun (at most ${limits.fileLines})`)] : [];
}

function checkTests({ path, text }: TidyFile): readonly Violation[] {
  const skipped = linesMatching(text, /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\b[xf](?:it|describe)\(/);
  const mocked = linesMatching(text, /\bvi\.mock\(/);
  const silenced = linesMatching(text, /@ts-(?:ignore|expect-error|nocheck)\b/);
  if (path.startsWith('tools/tidy/')) return [];
  return [
    ...skipped.map((line) => violation(path, line, 'a skipped or focused test')),
    ...mocked.map((line) => violation(path, line, 'a mocked module: use the real one')),
    ...silenced.map((line) => violation(path, line, 'a silenced type error')),
  ];
}

function checkBarrel({ path, text }: TidyFile): readonly Violation[] {
  return linesMatching(text, /^export (?:\*|\{[^}]*\}|type \{[^}]*\}) from /).map((line) =>
    violation(path, line, 'a barrel: import from the file that has it'),
  );
}

function checkImports({ path, text }: TidyFile): readonly Violation[] {
  const imports = [...text.matchAll(/(?:from|import) '([^']+)'/g)].map((match) => ({ target: match[1] ?? '', line: lineOf(text, match.index) }));
  return imports.flatMap(({ target, line }) => {
    const problem = path.startsWith('packages/core/src/') ? coreProblem(path, target) : platformProblem(path, target);
    return problem === undefined ? [] : [violation(path, line, problem)];
  });
}

function coreProblem(path: string, target: string): string | undefined {
  if (path.endsWith('.test.ts')) return undefined;
  if (target.startsWith('node:') || target === 'hanse' || target.startsWith('hanse/')) return `core imports ${target}: core has no I/O and knows no platform`;
  return undefined;
}

function platformProblem(path: string, target: string): string | undefined {
  const prefix = 'packages/platform/src/';
  if (!path.startsWith(prefix) || !target.startsWith('.') || ASSEMBLY.has(path) || path.endsWith('.test.ts')) return undefined;
  const from = path.slice(prefix.length);
  const to = resolveFrom(from, target);
  const implementation = IMPLEMENTATIONS.find((folder) => to.startsWith(`${folder}/`));
  const ownFamily = implementation !== undefined && from.startsWith(`${implementation.split('/')[0]}/`);
  if (implementation !== undefined && !ownFamily) return `imports the implementation ${implementation}: only open-platform.ts chooses one`;
  const delivery = DELIVERIES.find((folder) => to.startsWith(`${folder}/`));
  if (delivery !== undefined && !from.startsWith(`${delivery}/`)) return `imports the delivery ${delivery}`;
  if (to.startsWith('services/') && IMPLEMENTATIONS.some((folder) => from.startsWith(`${folder}/`))) return 'an implementation imports a service';
  return undefined;
}

function resolveFrom(from: string, target: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function checkFunctions({ path, text }: TidyFile): readonly Violation[] {
  const found: Violation[] = [];
  const lines = text.split('\n');
  const test = path.endsWith('.test.ts') || path.startsWith('test/') || path.startsWith('bench/');
  for (const [index, line] of lines.entries()) {
    const start = /^(\s*)(?:export )?(?:async )?function\*? (\w+)/.exec(line);
    if (start === null) continue;
    const end = lines.findIndex((other, at) => at > index && other.startsWith(`${start[1]}}`));
    if (end - index + 1 > limits.functionLines)
      found.push(violation(path, index + 1, `${start[2]} has ${end - index + 1} lines (at most ${limits.functionLines})`));
  }
  const deepest = test
    ? 0
    : Math.max(0, ...lines.filter((line) => /^\s*(?:if|for|while|switch)\b/.test(line)).map((line) => (/^ */.exec(line)?.[0].length ?? 0) / 2));
  if (deepest > limits.nesting + 1) found.push(violation(path, 1, `nests ${deepest - 1} deep (at most ${limits.nesting})`));
  return found;
}

function linesMatching(text: string, pattern: RegExp): readonly number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function violation(path: string, line: number, message: string): Violation {
  return { path, line, message };
}
