import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { DoctorAnswer } from '@hanse/core/api/shapes.ts';
import { UserError } from '../../error.ts';
import { readCollection } from '../collect/collection.ts';
import type { Platform } from '../platform.ts';
import { findLeftovers } from './leftovers.ts';
import { lookAtMachine } from './look-at-machine.ts';
import { verifyFiles } from './verify-files.ts';

export interface Examination {
  /** Reads every sealed file and walks both logs. */
  readonly deep: boolean;
  readonly tell?: (stage: string) => void;
}

/** What is in force on this machine, and what is wrong with it. Changes nothing. */
export async function examine(platform: Platform, principal: Principal, { deep, tell = () => {} }: Examination): Promise<DoctorAnswer> {
  if (principal.kind !== 'operator')
    throw new UserError('denied', `${formatActor(principal)} does not run this mesh`, 'Whoever owns the machine asks for this.');
  const machine = await lookAtMachine(platform);
  tell('looking for leftovers');
  const findings = [...machine.findings, ...(await findLeftovers(platform))];
  if (deep) {
    findings.push(...(await verifyFiles(platform, tell)));
    tell('reading slices');
    findings.push(...(await platform.slices.verify()));
    tell('walking the logs');
    findings.push(...(await platform.store.verify()));
  }
  return { facts: [...machine.facts, ...(await meshFacts(platform))], findings: findings.map((finding) => ({ ...finding })) };
}

async function meshFacts(platform: Platform): Promise<DoctorAnswer['facts']> {
  const [data, slices] = [await sizeOf(platform, 'data'), await sizeOf(platform, 'slice')];
  const tables = await platform.store.list('table');
  const { at } = await readCollection(platform);
  return [
    { name: 'log', value: `${await platform.store.head()} entries` },
    { name: 'published', value: `${tables.length} tables in ${data}, ${slices} of slices` },
    { name: 'last collection', value: at === '' ? 'none yet' : at },
  ];
}

async function sizeOf({ files }: Pick<Platform, 'files'>, kind: 'data' | 'slice'): Promise<string> {
  const found = await Array.fromAsync(files.list(kind));
  return `${found.length} files of ${(found.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20).toFixed(1)} MB`;
}
