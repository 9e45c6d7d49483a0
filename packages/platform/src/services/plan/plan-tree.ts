import type { Principal } from '@hanse/core/access/principal.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { Plan, TreeFiles } from '@hanse/core/api/shapes.ts';
import type { Contract } from '@hanse/core/contract/contract.ts';
import { type DocumentKind, formatKey, type Home } from '@hanse/core/document/document.ts';
import type { SourceDocument } from '@hanse/core/document/source-document.ts';
import { checkMesh, type MeshDocuments, type Placed } from '@hanse/core/document/check-mesh.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { servedTables } from '@hanse/core/mesh/served-table.ts';
import type { DesiredDocument, PlannedKind } from '@hanse/core/plan/desired-document.ts';
import { makePlan, touchedTables } from '@hanse/core/plan/make-plan.ts';
import { parseTree } from '@hanse/core/plan/parse-tree.ts';
import { removable, type StoredCopy } from '@hanse/core/plan/removable.ts';
import type { Build } from '@hanse/core/product/build.ts';
import type { Domain, Product } from '@hanse/core/product/product.ts';
import { buildUses } from '../lineage/build-uses.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import { allReads } from './all-reads.ts';
import { checkBuilds } from './check-builds.ts';
import { sealPlan } from './seal-plan.ts';
import { usagesOf } from './usages.ts';

const KINDS: readonly PlannedKind[] = ['domain', 'product', 'contract', 'build', 'agreement'];

/** Compares a tree with the mesh, and judges for each consumer what the change means to it. */
export async function planTree(platform: Pick<Platform, 'store' | 'engine' | 'clock' | 'secret'>, principal: Principal, { tree, retire }: { readonly tree: TreeFiles; readonly retire: readonly string[] }): Promise<Plan> {
  const base = await platform.store.head();
  const parsed = parseTree(tree.files, tree.ignored);
  const stored = await readCopies(platform, tree);
  const unread = new Set(parsed.findings.flatMap(({ severity, at }) => (severity === 'error' && at !== undefined ? [at.file] : [])));
  const kept = overlay(stored, { home: tree.home, desired: parsed.documents, stored, retire, unread });
  const before = meshOf(stored);
  const after = meshOf(kept);
  const findings = [...parsed.findings, ...checkMesh(placedDocuments(kept, parsed.sources)), ...(await checkBuilds(platform.engine, after, parsed.documents))];
  // Who reads what is told to the domain alone; nobody else may apply the change.
  const touched = touchedTables(before, after).filter(({ domain }) => maySeeNumbers(before, principal, domain));
  const usages =
    touched.length === 0
      ? new Map()
      : usagesOf({
          mesh: before,
          tables: touched,
          uses: await buildUses(platform.engine, { mesh: after, tables: servedTables(after), known: servedTables(before) }),
          reads: await allReads(platform.store),
          now: platform.clock.now(),
        });
  return sealPlan(platform.secret, makePlan({ home: tree.home, base, desired: parsed.documents, stored, before, after, usages, findings, retire, unread }));
}

type Copy = Pick<StoredCopy, 'kind' | 'id' | 'body'>;

/** What is stored; what the folder brought under a former name of itself has its home in it still. */
async function readCopies({ store }: Pick<Platform, 'store'>, { home, formerHomes = [] }: TreeFiles): Promise<readonly StoredCopy[]> {
  const known = (stored: Home): Home => (stored.kind === 'repository' && formerHomes.includes(stored.id) ? { kind: 'repository', id: home } : stored);
  const lists = await Promise.all(KINDS.map(async (kind) => (await store.list(kind)).map((document) => ({ ...document, kind }))));
  return lists.flat().map((document) => ({ ...document, home: known(document.home), ref: refOf(document) }));
}

function refOf({ kind, id, body }: Copy): string {
  if (kind === 'product') {
    const product = storedValue<Product>({ body });
    return `${product.domain}/${product.name}`;
  }
  if (kind !== 'contract') return id;
  const contract = storedValue<Contract>({ body });
  return `${typeof body.domain === 'string' && body.domain !== '' ? `${body.domain}/` : ''}${contract.name} ${contract.version}`;
}

/** The mesh as it will be: what is stored, without what the tree ends, with what the tree wants and may change. */
function overlay(stored: readonly StoredCopy[], question: Parameters<typeof removable>[0]): readonly Copy[] {
  const ended = new Set(removable(question).remove);
  const kept = new Map<string, Copy>(stored.filter((copy) => !ended.has(copy)).map((copy) => [`${copy.kind}/${copy.id}`, copy]));
  for (const document of question.desired) {
    const known = kept.get(`${document.kind}/${document.id}`);
    const isForeign = known !== undefined && !isAtHome(known, question.home);
    if (!isForeign) kept.set(`${document.kind}/${document.id}`, document);
  }
  return [...kept.values()];
}

function isAtHome(copy: Copy | StoredCopy | DesiredDocument, home: string): boolean {
  return !('home' in copy) || (copy.home.kind === 'repository' && copy.home.id === home);
}

function placedDocuments(copies: readonly Copy[], sources: ReadonlyMap<string, SourceDocument>): MeshDocuments {
  const placed = <Value>(kind: DocumentKind): readonly Placed<Value>[] =>
    copies.filter((copy) => copy.kind === kind).map((copy) => {
      const source = sources.get(formatKey(copy));
      return { item: storedValue<Value>(copy), ...(source !== undefined && { source }) };
    });
  return { domains: placed<Domain>('domain'), products: placed<Product>('product'), contracts: placed<Contract>('contract'), agreements: placed<Agreement>('agreement'), builds: placed<Build>('build') };
}

function meshOf(copies: readonly Copy[]): Mesh {
  const list = <Value>(kind: DocumentKind): ReadonlyMap<string, Value> =>
    new Map(copies.filter((copy) => copy.kind === kind).map((copy) => [copy.id, storedValue<Value>(copy)]));
  return {
    domains: list<Domain>('domain'),
    products: list<Product>('product'),
    contracts: list<Contract>('contract'),
    builds: list<Build>('build'),
    agreements: list<Agreement>('agreement'),
  };
}
