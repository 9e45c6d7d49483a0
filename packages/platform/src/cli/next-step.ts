import type { Step } from '@hanse/core/api/shapes.ts';
import { UserError } from '../error.ts';
import { readTreeFiles } from '../tree/read-tree-files.ts';
import type { CommandCall } from './command.ts';

const LISTED = 3;

/** What to do where the mesh has no table to show. */
export async function whatToDoFirst(call: CommandCall): Promise<string> {
  if (call.settings.url !== '') return 'A domain applies its documents with: hanse apply.';
  const documents = await documentsHere(call);
  if (documents > 0) return `${call.settings.folder} holds ${documents} documents: hanse apply makes them so, then hanse build publishes their tables.`;
  return `${call.settings.folder} holds no documents. Begin with: hanse init <folder>, or name the folder of a mesh: --folder <folder>.`;
}

/** How many documents the folder has, beside hanse.yaml. */
export async function documentsHere(call: CommandCall): Promise<number> {
  const { documents } = await (await call.tree()).list();
  return documents.filter((path) => path !== 'hanse.yaml').length;
}

/** A build takes what was applied: refuses a ref that only the folder has, and warns where the folder says something else. */
export async function tellUnapplied(call: CommandCall, ref: string | undefined): Promise<void> {
  if (call.settings.url !== '' || (await documentsHere(call)) === 0) return;
  const { steps, findings } = await (await call.mesh()).plan({ tree: await readTreeFiles(await call.tree()) });
  const [named] = ref?.split(':') ?? [];
  const isNew = steps.some((step) => step.op === 'create' && (step.kind === 'product' || step.kind === 'domain') && step.ref === named);
  if (isNew) throw new UserError('missing', `${ref} is in ${call.settings.folder} and not in the mesh`, 'Make it so first: hanse apply.');
  if (steps.length > 0)
    call.terminal.warn(
      `${documentsText(steps)} in ${call.settings.folder} ${steps.length === 1 ? 'is' : 'are'} not as applied; what was applied is built`,
      'Look with hanse plan, and make it so with hanse apply.',
    );
  else if (findings.some(({ severity }) => severity === 'error'))
    call.terminal.warn(`the documents in ${call.settings.folder} have errors; what was applied is built`, 'Look with hanse plan.');
}

function documentsText(steps: readonly Step[]): string {
  const named = steps.slice(0, LISTED).map(({ kind, ref }) => `${kind} ${ref}`);
  return steps.length > LISTED ? `${named.join(', ')} and ${steps.length - LISTED} more` : named.join(', ');
}
