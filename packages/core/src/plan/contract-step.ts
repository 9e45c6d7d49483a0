import type { EffectAnswer, MigrationAnswer, Step } from '../api/shapes.ts';
import type { Change } from '../change/change.ts';
import { compareContracts } from '../change/compare-contracts.ts';
import { compareProducts } from '../change/compare-products.ts';
import { describeChange } from '../change/describe-change.ts';
import type { Usage } from '../change/judge-change.ts';
import { migrateSelect } from '../change/migrate-select.ts';
import { proposeVersion } from '../change/propose-version.ts';
import type { Contract } from '../contract/contract.ts';
import { formatKey } from '../document/document.ts';
import { positionOf, type SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { majorOf, type Mesh } from '../mesh/mesh.ts';
import { pinnedName, type ServedTable } from '../mesh/served-table.ts';
import type { DesiredDocument } from './desired-document.ts';

export interface ContractQuestion {
  readonly before: Mesh;
  readonly after: Mesh;
  /** Where the parts of each desired document stand, by `formatKey`. */
  readonly sources: ReadonlyMap<string, SourceDocument>;
}

export type Delta = Pick<Step, 'changes' | 'version'> & { readonly raw: readonly Change[]; readonly findings: readonly Finding[] };

/** What a desired product serves otherwise. */
export function productDelta({ before, after, sources }: ContractQuestion, document: Pick<DesiredDocument, 'kind' | 'id'>): Delta {
  const [former, product] = [before.products.get(document.id), after.products.get(document.id)];
  if (document.kind !== 'product' || former === undefined || product === undefined) return NOTHING;
  const raw = compareProducts(former, product);
  return { raw, changes: raw.map((change) => describeChange(change, sources.get(formatKey(document)))), version: null, findings: [] };
}

const NOTHING: Delta = { changes: [], version: null, raw: [], findings: [] };

/** What a desired contract changes of the one it takes the place of; a new major is held against the newest before it. */
export function contractDelta({ before, after, sources }: ContractQuestion, document: Pick<DesiredDocument, 'kind' | 'id' | 'ref'>): Delta {
  const contract = document.kind === 'contract' ? after.contracts.get(document.id) : undefined;
  const former = contract === undefined ? undefined : (before.contracts.get(document.id) ?? neighbour(before, contract, 'before'));
  if (contract === undefined || former === undefined) return NOTHING;
  const raw = compareContracts(former, contract);
  const source = sources.get(formatKey(document));
  const version = proposeVersion(former.version, contract.version, raw) ?? null;
  const findings = version === null || version.enough ? [] : [versionFinding(document.ref, { version, source, raw })];
  return { raw, changes: raw.map((change) => describeChange(change, source)), version, findings };
}

/** What the end of a contract means: what the next major, if there is one, does otherwise. */
export function endedDelta({ before, after, sources }: ContractQuestion, document: Pick<DesiredDocument, 'kind' | 'id'>): Delta {
  const former = document.kind === 'contract' ? before.contracts.get(document.id) : undefined;
  const next = former === undefined ? undefined : neighbour(after, former, 'after');
  if (former === undefined || next === undefined) return NOTHING;
  const source = sources.get(formatKey({ kind: 'contract', id: `${next.id}@${majorOf(next.version)}` }));
  const raw = compareContracts(former, next);
  return { raw, changes: raw.map((change) => describeChange(change, source)), version: null, findings: [] };
}

/** The same contract's nearest other major. */
function neighbour(mesh: Mesh, { id, version }: Contract, side: 'before' | 'after'): Contract | undefined {
  const major = majorOf(version);
  const majors = [...mesh.contracts.values()].filter(
    (other) => other.id === id && (side === 'before' ? majorOf(other.version) < major : majorOf(other.version) > major),
  );
  return majors.toSorted((a, b) => (side === 'before' ? 1 : -1) * (majorOf(b.version) - majorOf(a.version)))[0];
}

interface Lacking {
  readonly version: NonNullable<Step['version']>;
  readonly source: SourceDocument | undefined;
  readonly raw: readonly Change[];
}

function versionFinding(ref: string, { version, source, raw }: Lacking): Finding {
  const told = raw.filter(({ readers }) => readers || version.raises !== 'major').map(({ message }) => message);
  const more = told.length > 2 ? ` and ${told.length - 2} more` : '';
  return {
    code: 'change.version',
    severity: 'warning',
    ref,
    ...(source !== undefined && { at: positionOf(source, ['version']) }),
    message: `version ${version.after} says too little: ${told.slice(0, 2).join('; ')}${more}`,
    hint: `Write \`version: ${version.proposed}\`${version.raises === 'major' ? ', and serve the former major beside it until the notice of its agreements has run' : ''}.`,
  };
}

/** For each consumer whom a table's change touches, how it goes on reading what it read. */
export function migrationsOf(
  question: ContractQuestion & { readonly served: ReadonlyMap<string, ServedTable> },
  table: ServedTable,
  touched: readonly { readonly usage: Usage; readonly effects: readonly EffectAnswer[] }[],
): readonly MigrationAnswer[] {
  const next = question.served.get(table.id) ?? successor(question.served, table);
  if (next === undefined) return [];
  return touched.flatMap(({ usage, effects }) => {
    const due = effects.filter(({ verdict, side }) => side === 'reader' && verdict !== 'safe');
    const name = next.major === table.major ? next.name : (pinnedName(next).split('.').at(-1) ?? next.name);
    const sql = due.length === 0 ? undefined : migrateSelect({ before: table.object, after: next.object, table: [next.domain, name], columns: usage.columns });
    if (sql === undefined) return [];
    const by = due
      .flatMap(({ noticeEnds }) => noticeEnds ?? [])
      .toSorted()
      .at(0);
    return [{ consumer: usage.consumer, table: `${next.domain}.${name}`, by: by ?? null, sql }];
  });
}

function successor(served: ReadonlyMap<string, ServedTable>, table: ServedTable): ServedTable | undefined {
  return [...served.values()]
    .filter(
      ({ contract, object, major, product }) =>
        contract.id === table.contract.id && object.id === table.object.id && major > table.major && product.id === table.product.id,
    )
    .toSorted((a, b) => a.major - b.major)[0];
}
