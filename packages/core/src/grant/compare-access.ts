import { quoteName, quoteText } from '../sql/quote.ts';
import { KEY_TABLE } from './postgres-view.ts';
import type { AccessSchema, AccessView, ActualAccess, DesiredAccess, Right } from './access-schema.ts';

/** One thing that is otherwise than the agreements say. */
export interface Difference {
  readonly message: string;
  /** What makes it so: run by `hanse apply`, or for the owner to run where `ours` is false. */
  readonly sql: readonly string[];
  /** Run where `sql` fails: what cannot be made so is closed. */
  readonly otherwise?: readonly string[];
  /** False for the domain's own tables, on which Hanse touches nothing. */
  readonly ours: boolean;
}

export interface CompareOptions {
  /** How the mesh marks what it made: the beginning of every comment. */
  readonly mark: string;
  /** Digest of a text, as the views' comments hold it. */
  readonly digest: (text: string) => string;
}

/** All that differs between what agreements open and what a database grants; empty where every right is one of an agreement. */
export function compareAccess(desired: DesiredAccess, actual: ActualAccess, options: CompareOptions): readonly Difference[] {
  const stale = actual.schemas.filter(({ name, comment }) => isOurs(comment, options) && !desired.schemas.some((one) => one.name === name));
  const staleRoles = actual.roles.filter(({ name, comment }) => isOurs(comment, options) && !desired.schemas.some((one) => one.name === name));
  return [
    ...desired.schemas.flatMap((schema) => schemaDifferences(schema, actual, options)),
    ...stale.map(({ name, relations }) =>
      ours(`schema ${name} is of a role that no contract has any more`, [
        ...relations.map((relation) => `DROP VIEW ${quoteName(name)}.${quoteName(relation.name)}`),
        `DROP SCHEMA ${quoteName(name)}`,
      ]),
    ),
    ...staleRoles.flatMap((role) => memberDifferences({ name: role.name, members: [] }, role, actual)),
    ...staleRoles.map(({ name }) => ours(`role ${name} is of no contract any more`, [`DROP OWNED BY ${quoteName(name)}`, `DROP ROLE ${quoteName(name)}`])),
    ...desired.tables.flatMap((table) => tableDifferences(table, actual)),
  ];
}

function isOurs(comment: string | null, { mark }: CompareOptions): boolean {
  return comment?.startsWith(mark) === true;
}

function ours(message: string, sql: readonly string[]): Difference {
  return { message, sql, ours: true };
}

function schemaDifferences(schema: AccessSchema, actual: ActualAccess, options: CompareOptions): readonly Difference[] {
  const found = actual.schemas.find(({ name }) => name === schema.name);
  const role = actual.roles.find(({ name }) => name === schema.name);
  const taken = [found, role].some((one) => one !== undefined && !isOurs(one.comment, options));
  if (taken) return [{ message: `${schema.name} is there and is not of this mesh: rename it, or the product's role`, sql: [], ours: false }];
  const name = quoteName(schema.name);
  return [
    ...(role === undefined
      ? [ours(`role ${schema.name} is missing`, [`CREATE ROLE ${name} NOLOGIN`, `COMMENT ON ROLE ${name} IS ${quoteText(schema.comment)}`])]
      : []),
    ...(found === undefined
      ? [
          ours(`schema ${schema.name} is missing`, [
            `CREATE SCHEMA ${name}`,
            `COMMENT ON SCHEMA ${name} IS ${quoteText(schema.comment)}`,
            `REVOKE ALL ON SCHEMA ${name} FROM PUBLIC`,
            `GRANT USAGE ON SCHEMA ${name} TO ${name}`,
          ]),
        ]
      : rightDifferences(`schema ${schema.name}`, `SCHEMA ${name}`, { wanted: { grantee: schema.name, privilege: 'USAGE' }, rights: found.rights })),
    ...schema.views.flatMap((view) => viewDifferences(schema, view, found, options)),
    ...(found?.relations ?? [])
      .filter((relation) => !schema.views.some((view) => view.name === relation.name))
      .map((relation) => ({
        ...ours(`view ${schema.name}.${relation.name} is of no table of the role`, [`DROP VIEW ${name}.${quoteName(relation.name)}`]),
        otherwise: [`REVOKE ALL ON ${name}.${quoteName(relation.name)} FROM ${name}`],
      })),
    ...memberDifferences(schema, role, actual),
  ];
}

type Role = ActualAccess['roles'][number];

/** A member acts in a role's name no longer than it must: what is made in it would outlive the agreement. */
function memberDifferences({ name, members }: Pick<AccessSchema, 'name' | 'members'>, role: Role | undefined, actual: ActualAccess): readonly Difference[] {
  const held = role?.members ?? [];
  const quoted = quoteName(name);
  const grant = (member: string) => `GRANT ${quoted} TO ${quoteName(member)}${actual.forbidsSet ? ' WITH INHERIT TRUE, SET FALSE' : ''}`;
  const missing = members.filter((member) => !held.includes(member));
  const more = held.filter((member) => !members.includes(member));
  const free = members.filter((member) => role?.free.includes(member) === true);
  return [
    ...missing.map((member) => ours(`${member} does not hold ${name}`, [grant(member)])),
    ...more.map((member) => ours(`${member} holds ${name} under no agreement in force`, [`REVOKE ${quoted} FROM ${quoteName(member)}`])),
    ...free.map((member) => ours(`${member} may pass ${name} on`, [`REVOKE ${quoted} FROM ${quoteName(member)}`, grant(member)])),
    ...(role?.owned ?? []).map((what) => ({
      message: `${what} was made in the name of ${name}: it stays open to who made it, under no agreement`,
      sql: [`DROP OWNED BY ${quoted}`],
      ours: false,
    })),
  ];
}

type Found = ActualAccess['schemas'][number] | undefined;

function viewDifferences(schema: AccessSchema, view: AccessView, found: Found, options: CompareOptions): readonly Difference[] {
  const place = `${quoteName(schema.name)}.${quoteName(view.name)}`;
  const actual = found?.relations.find(({ name }) => name === view.name);
  // The mark holds a digest of what was asked for, and one of what the database made of it.
  const wanted = `${options.mark} ${options.digest(view.sql)}`;
  const isAsMade = actual !== undefined && actual.isBarrier && actual.comment === `${wanted} ${actual.digest}`;
  if (isAsMade)
    return rightDifferences(`view ${schema.name}.${view.name}`, place, { wanted: { grantee: schema.name, privilege: 'SELECT' }, rights: actual.rights });
  const why =
    actual === undefined ? 'is missing' : actual.comment?.startsWith(wanted) === true ? 'was changed by hand' : 'is of another version of the contract';
  const made = ours(`view ${schema.name}.${view.name} ${why}`, [
    ...(actual === undefined ? [] : [`DROP VIEW ${place}`]),
    `CREATE VIEW ${place} WITH (security_barrier = true) AS ${view.sql}`,
    markStatement(place, wanted),
    `GRANT SELECT ON ${place} TO ${quoteName(schema.name)}`,
  ]);
  // Somebody who builds on a view keeps it from being replaced, and would keep what it showed.
  return [actual === undefined ? made : { ...made, otherwise: [`REVOKE ALL ON ${place} FROM ${quoteName(schema.name)}`] }];
}

/** Comments take no expression: the database itself puts the digest of its own text into one. */
function markStatement(place: string, wanted: string): string {
  const body = `BEGIN EXECUTE format('COMMENT ON VIEW %s IS %L', ${quoteText(place)}, ${quoteText(`${wanted} `)} || md5(pg_get_viewdef(${quoteText(place)}::regclass))); END`;
  return `DO ${quoteText(body)}`;
}

interface Rights {
  readonly wanted: Right;
  readonly rights: readonly Right[];
}

function rightDifferences(what: string, sql: string, { wanted, rights }: Rights): readonly Difference[] {
  const isWanted = (right: Right) => right.grantee === wanted.grantee && right.privilege === wanted.privilege;
  const more = rights.filter((right) => !isWanted(right));
  return [
    ...(rights.some(isWanted) ? [] : [ours(`${wanted.grantee} may not use ${what}`, [`GRANT ${wanted.privilege} ON ${sql} TO ${quoteName(wanted.grantee)}`])]),
    ...more.map((right) => ours(`${right.grantee} has ${right.privilege} on ${what} under no agreement`, [revoke(right, sql)])),
  ];
}

function tableDifferences({ schema, name }: { readonly schema: string; readonly name: string }, actual: ActualAccess): readonly Difference[] {
  const found = actual.tables.find((table) => table.schema === schema && table.name === name);
  if (found === undefined) return [{ message: `there is no table ${schema}.${name}`, sql: [], ours: false }];
  return found.rights.map((right) => ({
    message: `${right.grantee} has ${right.privilege} on the table ${schema}.${name} itself: reads there are under no agreement`,
    sql: [revoke(right, `${quoteName(schema)}.${quoteName(name)}`)],
    ours: schema === KEY_TABLE.schema,
  }));
}

function revoke({ grantee, privilege }: Right, sql: string): string {
  return `REVOKE ${privilege} ON ${sql} FROM ${grantee === 'PUBLIC' ? 'PUBLIC' : quoteName(grantee)}`;
}
