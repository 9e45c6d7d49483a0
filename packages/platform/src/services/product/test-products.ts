import type { OperationOutput } from '@hanse/core/api/operations.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { columnsInForce } from '@hanse/core/contract/columns-in-force.ts';
import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import { UserError } from '../../error.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { selectServed } from '../mesh/find-served.ts';
import type { Platform } from '../platform.ts';
import { readChecks, readHead } from '../table/table-head.ts';
import type { BuildOptions } from './build-products.ts';
import { judgeVersion } from './judge-version.ts';

/** Checks the contracts in force against what is published, from nothing; publishes nothing. */
export async function testProducts(
  platform: Platform,
  principal: Principal,
  ref: string | undefined,
  options: BuildOptions = {},
): Promise<OperationOutput<'test'>> {
  const tables: OperationOutput<'test'>['tables'] = [];
  const now = await platform.meshes.current();
  const selected = selectServed(now, ref);
  if (selected.length === 0)
    throw new UserError(
      'missing',
      'the mesh has no tables',
      'Name the file of a contract, as in hanse test orders.odcs.yaml; or hanse apply, then hanse build.',
    );
  const seen = selected.filter(({ domain }) => maySeeNumbers(now.mesh, principal, domain));
  if (seen.length === 0) {
    const hint = 'Failing rows are shown to the domain’s members; everybody sees the contract’s state with: hanse status.';
    throw new UserError('denied', `${formatPrincipal(principal)} is no member of ${selected[0]?.domain ?? 'any domain'}`, hint);
  }
  for (const table of seen) {
    options.signal?.throwIfAborted();
    const head = await readHead(platform, table.id);
    if (head === undefined) continue;
    options.progress?.({ ref: tableRef(table), stage: 'checking' });
    const published = await platform.tables.read(head.metadata);
    const columns = columnsInForce(published.columns, head.keys, table.object);
    const files = await published.dataFiles(head.snapshot);
    const history = (await readChecks(platform, table.id))?.history ?? [];
    const known = { past: { history: history.slice(0, -1) }, published: history.length > 0 ? history.map(({ at }) => at) : [head.publishedAt] };
    const { checks, report } = await judgeVersion(platform, {
      id: platform.newId(),
      owner: formatPrincipal(principal),
      table,
      columns,
      files,
      ...known,
      ...(options.signal !== undefined && { signal: options.signal }),
      tell: (stage, done) => options.progress?.({ ref: tableRef(table), stage, done }),
    });
    tables.push({ ref: tableRef(table), checks, report });
  }
  return { tables };
}
