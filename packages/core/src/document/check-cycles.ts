import type { Finding } from '../finding/finding.ts';
import { majorOf } from '../mesh/mesh.ts';
import type { Product } from '../product/product.ts';
import type { KnownMesh } from './known-mesh.ts';
import { type Placed, reportAt } from './placed.ts';

/** An input port and the product that serves it. */
interface Edge {
  readonly index: number;
  readonly to: Product;
}

interface Visit {
  readonly product: Product;
  readonly edges: readonly Edge[];
  next: number;
}

/** Products whose inputs lead back to them, each circle told once, with its path. A product that reads what it serves itself is none. */
export function checkCycles(known: KnownMesh, products: readonly Placed<Product>[]): readonly Finding[] {
  const placed = new Map(products.map((each) => [each.item.id, each]));
  const done = new Set<string>();
  return products
    .flatMap(({ item }) => (done.has(item.id) ? [] : circlesFrom(known, item, done)))
    .flatMap((circle) => {
      const [first] = circle;
      const product = first === undefined ? undefined : placed.get(first.product.id);
      return first === undefined || product === undefined
        ? []
        : reportAt(product, 'mesh.cycle', ['inputPorts', edgeOf(first)?.index ?? 0], wordsOf(circle.map((visit) => visit.product)));
    });
}

/** Walks depth first, without recursion: a chain of products may be longer than the stack. */
function circlesFrom(known: KnownMesh, start: Product, done: Set<string>): readonly (readonly Visit[])[] {
  const circles: (readonly Visit[])[] = [];
  const way = [visitOf(known, start)];
  const at = new Map([[start.id, 0]]);
  for (let visit = way.at(-1); visit !== undefined; visit = way.at(-1)) {
    const edge = visit.edges[visit.next];
    visit.next += 1;
    if (edge === undefined) {
      done.add(visit.product.id);
      at.delete(visit.product.id);
      way.pop();
      continue;
    }
    const back = at.get(edge.to.id);
    if (back !== undefined) circles.push(way.slice(back).map((each) => ({ ...each })));
    if (back !== undefined || done.has(edge.to.id)) continue;
    at.set(edge.to.id, way.length);
    way.push(visitOf(known, edge.to));
  }
  return circles;
}

/** The edge that a visit was left by. */
function edgeOf({ edges, next }: Visit): Edge | undefined {
  return edges[next - 1];
}

function visitOf({ byContract }: KnownMesh, product: Product): Visit {
  const edges = product.inputPorts.flatMap(({ contractId, version }, index) => {
    const served = byContract.get(`${contractId}@${majorOf(version)}`) ?? [];
    const owners = new Map(served.map((table) => [table.product.id, table.product]));
    return [...owners.values()].filter(({ id }) => id !== product.id).map((to) => ({ index, to }));
  });
  return { product, edges, next: 0 };
}

function wordsOf(circle: readonly Product[]): Parameters<typeof reportAt>[3] {
  const names = [...circle, ...circle.slice(0, 1)].map(({ domain, name }) => `${domain}/${name}`);
  return {
    severity: 'warning',
    ref: names[0] ?? '',
    message: `its inputs lead back to it: ${names.join(' reads ')}`,
    hint: 'Each waits for the others: none is built first, and `after inputs` never ends. Let one of them read what another major or another product serves.',
  };
}
