import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { UserError } from '../../error.ts';
import { templateFolder } from '../../template-folder.ts';
import { nearestMesh } from '../../tree/nearest-mesh.ts';
import type { Command, CommandCall } from '../command.ts';
import { folderWords } from '../folder-words.ts';
import { showJson } from './build.ts';
import { writeNew } from '../../write-new.ts';

const TEMPLATE_NAME = 'my-mesh';
const QUESTION = 'select country, count(*) as orders, sum(amount) as amount from sales.orders group by country order by country';

export const init: Command = {
  name: 'init',
  summary: 'Writes a small mesh to begin with: two domains, one product, one agreement',
  usage: '[<folder>]',
  example: 'hanse init my-mesh',
  flags: {},
  run: async (call) => {
    const [word] = call.words;
    const folder = word === undefined ? call.settings.folder : resolve(word);
    await refuseTaken(folder);
    const files = await readTemplate(folder);
    const [present] = files.filter(({ path }) => existsSync(join(folder, path)));
    if (present !== undefined)
      throw new UserError(
        'conflict',
        `${join(folder, present.path)} is there already: nothing was written`,
        'Name an empty or a new folder: hanse init <folder>.',
      );
    for (const { path, text } of files) await writeNew(join(folder, path), text);
    const next = nextCommands(call, folder);
    if (showJson(call, { folder, files: files.map(({ path }) => path), next })) return 0;
    call.terminal.line(
      [`Wrote ${files.length} files to ${folder}:`, '', ...files.map(({ path }) => `  ${path}`), '', 'Next:', '', ...next.map((line) => `  ${line}`)].join(
        '\n',
      ),
    );
    call.terminal.line('\nMia sees what her agreement gives: three countries, and no email. Ann owns the data: ask again --as ann.');
    return 0;
  },
};

async function refuseTaken(folder: string): Promise<void> {
  const known = await stat(folder).catch(() => undefined);
  if (known !== undefined && !known.isDirectory()) throw new UserError('conflict', `${folder} is a file`, 'Name a folder: hanse init <folder>.');
  const above = nearestMesh(folder);
  if (above === folder)
    throw new UserError(
      'conflict',
      `${join(folder, 'hanse.yaml')} is there already: nothing was written`,
      'Look at what it would change with hanse plan, or name another folder: hanse init <folder>.',
    );
  if (above !== undefined)
    throw new UserError(
      'conflict',
      `${folder} lies in the mesh of ${join(above, 'hanse.yaml')}: nothing was written`,
      'Name a folder outside it: hanse init <folder>.',
    );
}

interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** The template's files, with the folder's name for the mesh's. */
async function readTemplate(folder: string): Promise<readonly NewFile[]> {
  const entries = await readdir(templateFolder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(templateFolder, join(entry.parentPath, entry.name)));
  const read = await Promise.all(
    paths.toSorted().map(async (path) => ({ path, text: (await readFile(join(templateFolder, path), 'utf8')).replaceAll(TEMPLATE_NAME, meshName(folder)) })),
  );
  return [{ path: '.gitignore', text: '.hanse/\n' }, ...read];
}

function meshName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .replace(/-+$/, '');
  return name === '' ? TEMPLATE_NAME : name;
}

/** As they can be pasted into a shell where this command ran. */
function nextCommands({ program }: CommandCall, folder: string): readonly string[] {
  const place = folderWords(folder);
  return [`${program} apply${place}`, `${program} build${place}`, `${program} query "${QUESTION}" --as mia${place}`];
}
