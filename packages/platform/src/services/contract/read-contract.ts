import { readFile } from 'node:fs/promises';
import type { Contract } from '@hanse/core/contract/contract.ts';
import { parseLoneContract } from '@hanse/core/contract/parse-lone-contract.ts';
import { parseServers, type Server } from '@hanse/core/contract/parse-servers.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import type { SourceDocument } from '@hanse/core/document/source-document.ts';
import { type Finding, formatPosition, isError } from '@hanse/core/finding/finding.ts';
import { UserError } from '../../error.ts';

export interface ReadContract {
  readonly contract: Contract;
  readonly servers: readonly Server[];
  readonly document: SourceDocument;
}

const shownFindings = 20;

/** Reads an ODCS file; a `UserError` with its findings where it is none. */
export async function readContract(path: string): Promise<ReadContract> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UserError(
      'missing',
      `${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
      'Name a file that holds a data contract (ODCS).',
    );
  });
  const { document, findings } = readYaml(path, bytes);
  if (document === undefined) throw unread(path, findings);
  const parsed = parseLoneContract(document);
  if (parsed.contract === undefined) throw unread(path, parsed.findings);
  if (parsed.contract.objects.length === 0)
    throw new UserError('invalid', `${path}: the contract has no \`schema\`, so it promises nothing of any data`, 'Describe a table under `schema`.');
  return { contract: parsed.contract, servers: parseServers(document.value), document };
}

function unread(path: string, findings: readonly Finding[]): UserError {
  const errors = findings.filter(isError);
  const lines = errors
    .slice(0, shownFindings)
    .map(({ at, message, hint }) => `${at === undefined ? path : formatPosition(at)}: ${message}${hint === undefined ? '' : `. ${hint}`}`);
  const more = errors.length > shownFindings ? [`... and ${errors.length - shownFindings} more`] : [];
  return new UserError('invalid', [`${path} is no data contract that can be tested:`, ...lines, ...more].join('\n  '));
}
