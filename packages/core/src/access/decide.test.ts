import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meshOf } from '../mesh/mesh-value.ts';
import { documentsOf, smallTexts } from '../../../../test/fixtures/small-mesh.ts';
import type { Agreement, AgreementConsumer } from '../agreement/agreement.ts';
import type { Contract, Role } from '../contract/contract.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { findTables, type ServedTable, servedTables } from '../mesh/served-table.ts';
import type { Domain, Product } from '../product/product.ts';
import { decide, ownerRole, type Question } from './decide.ts';
import type { Principal } from './principal.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const QUESTIONS_PER_MESH = 20;

const DOMAINS = ['finance', 'marketing', 'people'];
const PEOPLE = ['ann', 'bob', 'cleo', 'dan', 'eve'];
const PRODUCTS = ['p1', 'p2'];
const PURPOSES = ['churn', 'reach', 'audit'];
const ROLES = ['plain', 'full', 'eu'];
/** Agreements begin and end at these; questions are asked at, just before and just after them. */
const EDGES = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z', '2026-02-28T23:59:59.999Z', '2026-12-31T23:59:59.999Z'];

type Pick = <Value>(from: readonly [Value, ...Value[]] | readonly Value[]) => Value;

/** A small generator with one seed, which fast-check shows and shrinks. */
function picker(seed: number): Pick {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (from) => {
    const found = from[Math.floor(next() * from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
}

function randomMesh(pick: Pick): Mesh {
  const domains = DOMAINS.map((name): [string, Domain] => {
    const members = PEOPLE.filter(() => pick([true, false, false])).map((username) => ({ username, role: pick(['steward', 'developer', 'analyst'] as const) }));
    return [name, { name, owner: pick(PEOPLE), members }];
  });
  const products = PRODUCTS.map((id): [string, Product] => {
    const ports = [1, 2, 3]
      .filter((major) => major === 1 || pick([true, false]))
      .map((major) => ({ name: `out_${id}`, version: `${major}.0.0`, contractId: `c-${id}`, deprecated: pick([true, false, false]) }));
    return [id, { id, domain: pick(DOMAINS), name: id, status: 'active', inputPorts: [], outputPorts: ports, team: [], tags: [] }];
  });
  const contracts = products.flatMap(([id, { domain, outputPorts }]) =>
    outputPorts.map(({ version }) => randomContract(pick, { id: `c-${id}`, domain, version })),
  );
  const agreements = Array.from({ length: 100 }, (_, index) => randomAgreement(pick, `a${index}`));
  return {
    domains: new Map(domains),
    products: new Map(products),
    contracts: new Map(contracts.map((contract) => [`${contract.id}@${contract.version.charAt(0)}`, contract])),
    builds: new Map(),
    agreements: new Map(agreements.map((agreement) => [agreement.id, agreement])),
  };
}

function randomContract(pick: Pick, { id, domain, version }: { readonly id: string; readonly domain: string; readonly version: string }): Contract {
  const roles: readonly Role[] = ROLES.slice(0, pick([1, 2, 3])).map((name) => ({ name, approvers: [], standing: false, restriction: { columns: [] } }));
  return {
    id,
    domain,
    version,
    apiVersion: 'v3.2.0',
    name: id,
    status: 'active',
    objects: [{ id: 't', name: `t_${id.slice(2)}`, properties: [], quality: [] }],
    roles,
    sla: [],
    tags: [],
  };
}

function randomAgreement(pick: Pick, id: string): Agreement {
  const productId = pick(PRODUCTS);
  const domain = pick(DOMAINS);
  const consumer = pick<AgreementConsumer>([
    { kind: 'domain', domain },
    { kind: 'product', domain, productId: pick(PRODUCTS) },
    { kind: 'person', domain, username: pick(PEOPLE) },
  ]);
  return {
    id,
    provider: { productId, port: pick([`out_${productId}`, `out_${productId}`, `out_${productId}`, 'other']), major: pick([1, 1, 2, 3]) },
    consumer,
    role: pick(['plain', 'plain', ...ROLES, 'gone']),
    purpose: pick(PURPOSES),
    onward: 'no',
    status: pick(['active', 'active', 'active', 'requested', 'rejected', 'revoked'] as const),
    start: pick(EDGES.slice(0, 2)),
    end: pick(EDGES.slice(1)),
    noticeDays: 30,
    requestedBy: pick(PEOPLE),
  };
}

function randomQuestion(pick: Pick, mesh: Mesh): Question {
  const productId = pick(PRODUCTS);
  const principal = pick<Principal>([
    { kind: 'person', username: pick(PEOPLE) },
    { kind: 'person', username: pick(PEOPLE), by: 'root' },
    { kind: 'product', productId, domain: mesh.products.get(productId)?.domain ?? '' },
    { kind: 'operator', username: pick(PEOPLE) },
    { kind: 'guest' },
  ]);
  const named = pick(PRODUCTS);
  const pinned = pick(['', '', '__v1', '__v2']);
  const all = servedTables(mesh);
  const schema = mesh.products.get(named)?.domain ?? '';
  const found = findTables(all, { schema, name: `t_${named}${pinned}` });
  const [first, ...others] = found.length > 0 ? found : findTables(all, { schema, name: `t_${named}` });
  if (first === undefined) throw new Error(`${schema}.t_${named} is not served`);
  const at = new Date(Date.parse(pick([...EDGES, ...EDGES.slice(1, 3)])) + pick([-1, 0, 0, 1])).toISOString();
  return { principal, tables: [first, ...others], now: at, ...(pick([true, false]) && { purpose: pick(PURPOSES) }) };
}

/**
 * The rules as a person would explain them, over and over for every agreement: allow by one of them, which names table and
 * role; several are a choice; everything else is no.
 */
function reference(mesh: Mesh, { principal, tables, purpose, now }: Question): string {
  const [newest] = tables;
  const belongsTo = (domain: string): boolean => {
    if (principal.kind === 'product') return mesh.products.get(principal.productId)?.domain === domain;
    if (principal.kind !== 'person') return false;
    const found = mesh.domains.get(domain);
    return found?.owner === principal.username || found?.members.some(({ username }) => username === principal.username) === true;
  };
  if (belongsTo(newest.product.domain)) {
    for (const table of tables) if (!table.port.deprecated) return `owner of ${table.id}`;
    return `owner of ${newest.id}`;
  }
  const grants: string[] = [];
  for (const agreement of mesh.agreements.values()) {
    const time = Date.parse(now);
    if (agreement.status !== 'active' || time < Date.parse(agreement.start) || time >= Date.parse(agreement.end)) continue;
    if (purpose !== undefined && agreement.purpose !== purpose) continue;
    const { consumer } = agreement;
    if (consumer.kind === 'domain' && !belongsTo(consumer.domain)) continue;
    if (consumer.kind === 'product' && !(principal.kind === 'product' && principal.productId === consumer.productId && principal.domain === consumer.domain))
      continue;
    if (consumer.kind === 'person' && !(principal.kind === 'person' && principal.username === consumer.username && belongsTo(consumer.domain))) continue;
    for (const table of tables) {
      if (table.id !== `c-${agreement.provider.productId}@${agreement.provider.major}/t` || table.port.name !== agreement.provider.port) continue;
      grants.push(`${table.contract.roles.some(({ name }) => name === agreement.role) ? '' : 'no '}${agreement.role} of ${table.id} by ${agreement.id}`);
    }
  }
  if (grants.length > 1) return `choose ${grants.map((grant) => grant.split(' by ')[1]).join(' ')}`;
  const [only] = grants;
  return only === undefined || only.startsWith('no ') ? 'deny' : only;
}

function spoken(mesh: Mesh, question: Question): string {
  const decision = decide(mesh, question);
  if (decision.kind === 'deny') return 'deny';
  if (decision.kind === 'choose') return `choose ${decision.agreements.map(({ id }) => id).join(' ')}`;
  const { table, role, agreement } = decision;
  if (agreement !== undefined) return `${role.name} of ${table.id} by ${agreement.id}`;
  return role === ownerRole ? `owner of ${table.id}` : `${role.name} by nothing`;
}

test('decides as the reference evaluator does', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const pick = picker(seed);
      const mesh = randomMesh(pick);
      for (let count = 0; count < QUESTIONS_PER_MESH; count += 1) {
        const question = randomQuestion(pick, mesh);
        const answer = spoken(mesh, question);
        expect(answer, JSON.stringify(question.principal)).toBe(reference(mesh, question));
        const kind = /^(?:owner|choose|deny)/.exec(answer)?.[0] ?? 'allow';
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }),
    { numRuns: Math.ceil((20_000 / QUESTIONS_PER_MESH) * scale) },
  );
  for (const kind of ['owner', 'choose', 'deny', 'allow']) expect(seen.get(kind), kind).toBeGreaterThan(400);
});

const ann: Principal = { kind: 'person', username: 'ann' };
const TERMS = {
  role: 'eu',
  purpose: 'reach',
  onward: 'no',
  start: '2026-01-01T00:00:00.000Z',
  end: '2026-12-31T23:59:59.999Z',
  noticeDays: 30,
  requestedBy: 'ann',
} as const;

function smallMesh(agreements: readonly Partial<Agreement>[]): { readonly mesh: Mesh; readonly tables: readonly [ServedTable, ...ServedTable[]] } {
  const product: Product = {
    id: 'churn',
    domain: 'finance',
    name: 'churn',
    status: 'active',
    inputPorts: [],
    team: [],
    tags: [],
    outputPorts: [{ name: 'metrics', version: '1.0.0', contractId: 'c', deprecated: false }],
  };
  const role = (name: string): Role => ({ name, approvers: [], standing: false, restriction: { columns: [] } });
  const contract: Contract = {
    id: 'c',
    domain: 'finance',
    version: '1.2.0',
    apiVersion: 'v3.2.0',
    name: 'metrics',
    status: 'active',
    objects: [{ id: 'metrics', name: 'metrics', properties: [], quality: [] }],
    roles: [role('eu'), role('full')],
    sla: [],
    tags: [],
  };
  const all = agreements.map((agreement, index): Agreement => ({
    ...TERMS,
    id: `a${index}`,
    status: 'active',
    provider: { productId: 'churn', port: 'metrics', major: 1 },
    consumer: { kind: 'person', username: 'ann', domain: 'marketing' },
    ...agreement,
  }));
  const mesh: Mesh = {
    domains: new Map([
      ['finance', { name: 'finance', owner: 'femi', members: [] }],
      ['marketing', { name: 'marketing', owner: 'marco', members: [{ username: 'ann', role: 'analyst' }] }],
    ]),
    products: new Map([['churn', product]]),
    contracts: new Map([['c@1', contract]]),
    builds: new Map(),
    agreements: new Map(all.map((agreement) => [agreement.id, agreement])),
  };
  const [table] = servedTables(mesh);
  if (table === undefined) throw new Error('nothing is served');
  return { mesh, tables: [table] };
}

function refusalOf(agreements: readonly Partial<Agreement>[], question: Partial<Question> = {}): string {
  const { mesh, tables } = smallMesh(agreements);
  const decision = decide(mesh, { principal: ann, tables, now: '2026-06-01T00:00:00.000Z', ...question });
  return decision.kind === 'allow' ? 'allow' : `${decision.finding.code}: ${decision.finding.message}. ${decision.finding.hint}`;
}

test('each refusal says why and what to do', () => {
  expect([
    refusalOf([]),
    refusalOf([], { principal: { kind: 'operator', username: 'root' } }),
    refusalOf([], { principal: { kind: 'guest' } }),
    refusalOf([{ status: 'requested' }]),
    refusalOf([{ status: 'rejected', answeredBy: 'femi', reason: 'Ask for eu.' }]),
    refusalOf([{ status: 'revoked' }]),
    refusalOf([{ start: '2026-07-01T00:00:00.000Z' }]),
    refusalOf([{ end: '2026-06-01T00:00:00.000Z' }]),
    refusalOf([{}], { purpose: 'audit' }),
    refusalOf([{ role: 'us' }]),
    refusalOf([{}, { purpose: 'audit', role: 'full' }]),
  ]).toMatchInlineSnapshot(`
    [
      "access.none: finance/churn:metrics: you hold no agreement. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --purpose <why> --until <date>.",
      "access.operator: finance/churn:metrics: the operator holds no agreement. Say who reads: --as <username>, or a token.",
      "access.none: finance/churn:metrics: you hold no agreement. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --purpose <why> --until <date>.",
      "access.none: finance/churn:metrics: agreement a0 is requested and not answered yet. finance answers it: hanse access approve a0.",
      "access.none: finance/churn:metrics: agreement a0 was rejected by femi: Ask for eu.. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --purpose <why> --until <date>.",
      "access.none: finance/churn:metrics: agreement a0 was revoked by its provider: no reason given. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --purpose <why> --until <date>.",
      "access.none: finance/churn:metrics: agreement a0 begins on 2026-07-01T00:00:00.000Z. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --purpose <why> --until <date>.",
      "access.none: finance/churn:metrics: agreement a0 ended on 2026-06-01T00:00:00.000Z. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --purpose <why> --until <date>.",
      "access.purpose: finance/churn:metrics: no agreement in force has the purpose "audit". In force: "reach".",
      "access.role-gone: agreement a0 gives role us, which the contract metrics 1.2.0 no longer has. Request one of: eu, full.",
      "access.ambiguous: 2 agreements open finance/churn:metrics: "audit" (a1, role full), "reach" (a0, role eu). Name the purpose of this statement: --purpose on the command line, X-Hanse-Purpose over HTTP, SET hanse.purpose in psql.",
    ]
  `);
});

test('the last moment of an agreement still counts, the next does not', () => {
  expect(refusalOf([{}], { now: '2026-12-31T23:59:59.998Z' })).toBe('allow');
  expect(refusalOf([{}], { now: '2026-12-31T23:59:59.999Z' })).toContain('ended on');
  expect(refusalOf([{}], { now: '2026-01-01T00:00:00.000Z' })).toBe('allow');
});

test('a product of another domain that names the contract serves nothing of it', () => {
  const { mesh } = smallMesh([]);
  const thief: Product = {
    id: 'thief',
    domain: 'marketing',
    name: 'thief',
    status: 'active',
    inputPorts: [],
    team: [],
    tags: [],
    outputPorts: [{ name: 'metrics', version: '1.0.0', contractId: 'c', deprecated: false }],
  };
  const tables = servedTables({ ...mesh, products: new Map([...mesh.products, ['thief', thief]]) });
  expect(tables.map(({ product }) => product.id)).toEqual(['churn']);
});

test('the id of a product that is not there, taken by another domain, takes none of the agreements', () => {
  const mesh = meshOf(documentsOf(smallTexts));
  const [table] = servedTables(mesh).filter(({ domain }) => domain === 'finance');
  if (table === undefined) throw new Error('finance serves nothing');
  const kinds = ['marketing', 'people'].map(
    (domain) => decide(mesh, { principal: { kind: 'product', productId: 'spend', domain }, tables: [table], now: '2026-06-01T00:00:00.000Z' }).kind,
  );
  expect(kinds).toEqual(['allow', 'deny']);
});
