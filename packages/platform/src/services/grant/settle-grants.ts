import type { OperationOutput } from '@hanse/core/api/operations.ts';
import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import { KEY_TABLE } from '@hanse/core/grant/postgres-view.ts';
import { ExternalError, UserError } from '../../error.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import type { Platform } from '../platform.ts';
import { differencesOf, type PlaceAccess, placeAccesses } from './place-access.ts';

type Needs = Pick<Platform, 'store' | 'meshes' | 'places' | 'meshName' | 'clock' | 'openGrantPlace' | 'secret'>;
type Settled = OperationOutput<'grants'>['places'][number];

const STATEMENT_MS = 30_000;
const REASON_LENGTH = 2_000;

/** What databases grant otherwise than the agreements in force say; with `apply`, makes it so and says what was done. */
export async function settleGrants(platform: Needs, principal: Principal, { apply }: { readonly apply: boolean }): Promise<OperationOutput<'grants'>> {
  const now = await platform.meshes.current();
  const accesses = placeAccesses(platform, now).filter(
    ({ tables }) => principal.kind === 'operator' || tables.some(({ domain }) => maySeeNumbers(now.mesh, principal, domain)),
  );
  const places = await Promise.all(accesses.map((access) => settlePlace(platform, access, apply)));
  const done = places.flatMap(({ place, differences }) => differences.filter((one) => one.done).map(({ message }) => `${place}: ${message}`));
  if (done.length > 0)
    await platform.store.transact({ actor: formatActor(principal), intent: 'grants.apply', reason: done.join('; ').slice(0, REASON_LENGTH), writes: [] });
  return { places };
}

/** The same after an agreement changed, for whoever changed it: throws where a database still grants what was. */
export async function settleAfter(platform: Needs, what: string): Promise<void> {
  const { places } = await settleGrants(platform, { kind: 'operator', username: 'hanse' }, { apply: true });
  const [problem] = places.flatMap(({ place, problem: told, differences }) => [
    ...(told === null ? [] : [told]),
    ...differences.flatMap((one) => (one.problem === null ? [] : [`${place}: ${one.message}: ${one.problem}`])),
  ]);
  if (problem !== undefined)
    throw new ExternalError(`${what}; a database does not follow yet: ${problem}`, {
      hint: 'It is tried again by: hanse apply. hanse status shows what differs.',
    });
}

async function settlePlace(platform: Needs, access: PlaceAccess, apply: boolean): Promise<Settled> {
  const { place, findings } = access;
  const told = { place: place.name, findings: findings.map((finding) => ({ ...finding })) };
  try {
    await using open = await platform.openGrantPlace({ connection: place.connection(), label: `place ${place.name}`, deadlineMs: STATEMENT_MS });
    if (apply && access.desired.hashes) await open.run(keyStatements(platform.secret));
    const differences = await differencesOf(open, access);
    const settled = [];
    for (const { message, sql, ours, otherwise } of differences) {
      const problem = apply && ours ? await open.run(sql).then(() => null, problemOf) : null;
      if (problem !== null && otherwise !== undefined) await open.run(otherwise);
      settled.push({ message, sql: [...sql], ours, done: apply && ours && problem === null, problem });
    }
    return { ...told, problem: null, differences: settled };
  } catch (error) {
    return { ...told, problem: problemOf(error), differences: [] };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ExternalError || error instanceof UserError) return error.message;
  throw error;
}

/** Views are readable by all, so the key of their hashes is in none of them. */
function keyStatements(secret: string): readonly string[] {
  const { schema } = KEY_TABLE;
  const table = `${schema}.${KEY_TABLE.name}`;
  return [
    `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    `CREATE TABLE IF NOT EXISTS ${table} (key bytea NOT NULL)`,
    OWN_KEY,
    `REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC`,
    `REVOKE ALL ON TABLE ${table} FROM PUBLIC`,
    `INSERT INTO ${table} SELECT decode('${secret}00', 'hex') WHERE NOT EXISTS (SELECT FROM ${table})`,
  ];
}

/** Whoever made them before could read the key, or have a trigger run with our rights. */
const OWN_KEY = `DO $own$ BEGIN
  IF EXISTS (SELECT FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = '${KEY_TABLE.name}' JOIN pg_roles me ON me.rolname = current_user
    WHERE n.nspname = '${KEY_TABLE.schema}' AND (n.nspowner <> me.oid OR c.relowner <> me.oid OR c.relkind <> 'r'))
  THEN RAISE EXCEPTION 'schema ${KEY_TABLE.schema} is another user''s: no key is put there'; END IF;
END $own$`;
