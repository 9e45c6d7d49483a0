import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a person starts this program once more: as they did. `script`: the path of what runs. */
export function programName(environment: Readonly<Record<string, string | undefined>>, script: string): string {
  if (environment.npm_command !== 'exec') return 'hanse';
  const [installed] = /^.*[/\\]_npx[/\\][^/\\]+(?=[/\\]node_modules[/\\])/.exec(script) ?? [];
  return `npx ${installed === undefined ? 'hanse' : (wordForNpx(installed) ?? 'hanse')}`;
}

/** npx notes for what word it installed a package, as for the path of a file. */
function wordForNpx(folder: string): string | undefined {
  try {
    const { _npx }: { readonly _npx?: { readonly packages?: readonly string[] } } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return _npx?.packages?.[0];
  } catch {
    return undefined;
  }
}
