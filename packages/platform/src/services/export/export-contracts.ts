import { basename, join } from 'node:path';
import { exporters } from '@hanse/core/export/exporters.ts';
import { type Exported, type ExportSubject, together } from '@hanse/core/export/export-subject.ts';
import { exportFormats } from '@hanse/core/export/format-names.ts';
import { contractKey, majorOf } from '@hanse/core/mesh/mesh.ts';
import { meshOf } from '@hanse/core/mesh/mesh-value.ts';
import { UserError } from '../../error.ts';
import { writeNew } from '../../write-new.ts';
import type { Ground } from '../adopt/adopt.ts';
import { fileName } from './file-name.ts';
import { readContract } from '../contract/read-contract.ts';

export interface ContractExport {
  readonly format: string;
  readonly ground: Ground;
  /** A folder; where it is absent the one file that there is is answered alone. */
  readonly out?: string;
}

/** Writes contracts for other tools. What the other form has no place for is in `left`. */
export async function exportContracts(files: readonly string[], { format, ground, out }: ContractExport): Promise<Exported> {
  const name = exportFormats.find((one) => one === format);
  if (name === undefined) throw new UserError('usage', `\`${format}\` is no format`, `Formats are ${exportFormats.join(', ')}.`);
  const at = new Date().toISOString();
  const subjects = await Promise.all(files.map((file) => subjectOf(file, ground, at)));
  const { files: made, left } = together(subjects.map(exporters[name]));
  const done = { files: made.map((file) => ({ ...file, name: fileName(file.name) })), left };
  const twice = done.files.find((file, index) => done.files.findIndex((other) => other.name === file.name) < index);
  if (twice !== undefined) throw new UserError('conflict', `two contracts would be written as ${twice.name}`, 'Export them one by one.');
  if (out === undefined && done.files.length > 1)
    throw new UserError(
      'usage',
      `that is ${done.files.length} files: ${done.files.map((file) => file.name).join(', ')}`,
      'Name a folder for them: --out <folder>.',
    );
  if (out !== undefined) for (const file of done.files) await writeNew(join(out, file.name), file.text);
  return done;
}

async function subjectOf(path: string, { tree }: Ground, at: string): Promise<ExportSubject> {
  const { contract, document } = await readContract(path);
  const mesh = meshOf(tree.documents);
  const key = contractKey(contract);
  const product = [...mesh.products.values()].find(({ outputPorts }) => outputPorts.some((port) => `${port.contractId}@${majorOf(port.version)}` === key));
  const owner = product === undefined ? undefined : mesh.domains.get(product.domain)?.owner;
  // Roles are read with the mesh's documents.
  const whole = mesh.contracts.get(key) ?? contract;
  return { contract: whole, text: document.text, file: basename(path), at, ...(product !== undefined && { product }), ...(owner !== undefined && { owner }) };
}
