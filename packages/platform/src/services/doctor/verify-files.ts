import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Finding } from '@hanse/core/finding/finding.ts';
import { ExternalError } from '../../error.ts';
import { readWhole } from '../../iceberg/table-files.ts';
import type { Platform } from '../platform.ts';

const READ_BYTES = 1 << 20;

/** Reads every sealed data and metadata file whole: a finding for each whose bytes are not those that gave it its name. */
export async function verifyFiles({ files }: Pick<Platform, 'files'>, tell: (stage: string) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  tell('reading data files');
  for await (const { name } of files.list('data')) {
    const path = await files.open(name);
    const sealed = /([0-9a-f]{64})\.\w+$/.exec(name)?.[1];
    if (path !== undefined && sealed !== undefined && sealed !== (await hashOf(path))) findings.push(damaged(name, 'its bytes are not those that were sealed'));
  }
  tell('reading metadata files');
  for await (const { name } of files.list('metadata')) {
    const refusal = await readWhole(files, name).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal instanceof ExternalError) findings.push(damaged(name, refusal.message));
    else if (refusal !== undefined) throw refusal;
  }
  return findings;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) hash.update(chunk);
  return hash.digest('hex');
}

function damaged(name: string, why: string): Finding {
  return {
    code: 'file.damaged',
    severity: 'error',
    ref: name,
    message: `${name}: ${why}`,
    hint: 'Restore it from a backup, or build its table again with --force; and check the disk.',
  };
}
