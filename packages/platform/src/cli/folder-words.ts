import { relative } from 'node:path';
import { shellWord } from '@hanse/core/report/shell-word.ts';

/** What a command that is told to a person needs to reach this folder from where this one ran: ` --folder my-mesh`, or nothing. */
export function folderWords(folder: string): string {
  const way = relative(process.cwd(), folder);
  return way === '' ? '' : ` --folder ${shellWord(way)}`;
}
