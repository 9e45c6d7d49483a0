import type { QueryAnswer } from '@hanse/core/api/operations.ts';
import type { Outbox } from './outbox.ts';
import { closePortal, type Portal, type Prepared, prepare } from './portal.ts';
import { replies, type TransactionStatus } from './replies.ts';
import type { Request } from './request.ts';
import { openRows } from './rows.ts';
import { type SessionStatement, sessionTags } from './session-statement.ts';
import { type SessionValues, settingNamed, toldSettings, valueOf, withSetting } from './session-settings.ts';
import { splitStatements } from './split-statements.ts';
import { notServed, WireError, wireError } from './wire-error.ts';
import { textColumn, type WireColumn, wireColumn } from './wire-type.ts';
import type { WireLimits } from './limits.ts';

/** The mesh as the session's person may use it; refuses where they may not any more. */
export interface WireMesh {
  query(asked: WireQuery, signal: AbortSignal): Promise<QueryAnswer>;
  describe(asked: WireQuery, signal: AbortSignal): Promise<QueryAnswer['columns']>;
}

export interface WireQuery {
  readonly sql: string;
  readonly purpose?: string;
}

export interface WireSessionOptions {
  readonly mesh: WireMesh;
  readonly outbox: Outbox;
  readonly limits: WireLimits;
  readonly values: SessionValues;
}

type Asked<Kind extends Request['kind']> = Extract<Request, { readonly kind: Kind }>;

/** What one client has open, and the answers to what it asks: PostgreSQL's simple and extended query (its documentation, "Message Flow"). */
export class WireSession {
  readonly #mesh: WireMesh;
  readonly #out: Outbox;
  readonly #limits: WireLimits;
  readonly #statements = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();
  readonly #initial: SessionValues;
  #values: SessionValues;
  /** As they were when the transaction block began. */
  #before: SessionValues;
  #status: TransactionStatus = 'I';
  #provenance = '[]';
  #skipping = false;
  #running: AbortController | undefined;

  constructor({ mesh, outbox, limits, values }: WireSessionOptions) {
    this.#mesh = mesh;
    this.#out = outbox;
    this.#limits = limits;
    this.#initial = values;
    this.#values = values;
    this.#before = values;
  }

  /** Answers one message; what is refused is told to the client. Throws what ends the connection. */
  async handle(request: Request): Promise<void> {
    if (this.#skipping && request.kind !== 'sync') return;
    try {
      await this.#answer(request);
    } catch (error) {
      const told = wireError(error);
      if (told.fatal) throw told;
      await this.#closePortals();
      if (this.#status === 'T') this.#status = 'E';
      this.#out.put(replies.error(told));
      if (request.kind === 'query' || request.kind === 'call') await this.#ready();
      else this.#skipping = request.kind !== 'sync';
    }
  }

  /** Ends what runs, with this as its answer. */
  cancel(why: WireError): void {
    this.#running?.abort(why);
  }

  async close(): Promise<void> {
    await this.#closePortals();
  }

  async #answer(request: Request): Promise<void> {
    switch (request.kind) {
      case 'query':
        return this.#simple(request.script);
      case 'parse':
        return this.#parse(request);
      case 'bind':
        return this.#bind(request);
      case 'describe':
        return request.what === 'statement' ? this.#describeStatement(request.name) : this.#describePortal(request.name);
      case 'execute':
        return this.#execute(request);
      case 'close':
        return this.#close(request);
      case 'flush':
        return this.#out.flush();
      case 'sync':
        this.#skipping = false;
        if (this.#status === 'I') await this.#closePortals();
        return this.#ready();
      case 'call':
        throw notServed('Functions are not called by their number here', 'Write a SELECT.');
      case 'terminate':
      case 'copied':
        return undefined;
      default:
        return request satisfies never;
    }
  }

  async #simple(script: string): Promise<void> {
    const prepared = splitStatements(script).map((part) => prepare(part));
    await this.#closePortal('');
    if (prepared.length === 0) this.#out.put(replies.empty);
    if (prepared.length > 1 && prepared.some(({ kind }) => kind === 'query'))
      throw new WireError('42601', 'several statements at once are not served', { hint: 'Send one SELECT at a time.' });
    for (const one of prepared) {
      const portal: Portal = { prepared: one, control: new AbortController(), done: false };
      try {
        await this.#open(portal);
        const columns = columnsOf(portal);
        if (columns !== undefined) this.#out.put(replies.columns(columns));
        await this.#send(portal, Infinity);
      } finally {
        await closePortal(portal);
      }
    }
    if (this.#status === 'I') await this.#closePortals();
    await this.#ready();
  }

  #parse({ name, script, parameters }: Asked<'parse'>): void {
    const [part, second] = splitStatements(script);
    if (second !== undefined) throw new WireError('42601', 'cannot insert multiple commands into a prepared statement');
    if (name !== '' && this.#statements.has(name)) throw new WireError('42P05', `prepared statement "${name}" already exists`);
    const prepared = part === undefined ? ({ kind: 'empty' } as const) : prepare(part);
    if (parameters > 0 || (prepared.kind === 'query' && /(?:^|[^\w$])\$\d/.test(prepared.words))) throw noParameters();
    const kept = [...this.#statements.values()].reduce((sum, one) => sum + (one.kind === 'query' ? one.sql.length : 0), script.length);
    if (this.#statements.size >= this.#limits.statements || kept > this.#limits.statementCharacters)
      throw new WireError('53400', 'too many prepared statements', { hint: 'DEALLOCATE some, or DISCARD ALL.' });
    this.#statements.set(name, prepared);
    this.#out.put(replies.parsed);
  }

  async #bind({ portal, name, parameters, formats }: Asked<'bind'>): Promise<void> {
    const prepared = this.#statement(name);
    if (parameters > 0) throw noParameters();
    if (formats.some((format) => format !== 0) && (prepared.kind === 'query' || columnsAhead(prepared) !== undefined))
      throw notServed('results in binary are not served yet', 'Ask for text, which is the format 0.');
    if (portal !== '' && this.#portals.has(portal)) throw new WireError('42P03', `portal "${portal}" already exists`);
    await this.#closePortal(portal);
    if (this.#portals.size >= this.#limits.portals) throw new WireError('53400', 'too many open portals', { hint: 'Close some.' });
    this.#portals.set(portal, { prepared, control: new AbortController(), done: false });
    this.#out.put(replies.bound);
  }

  async #describeStatement(name: string): Promise<void> {
    const prepared = this.#statement(name);
    this.#refuseFailed(prepared);
    const columns = prepared.kind === 'query' ? await this.#describe(prepared) : columnsAhead(prepared);
    this.#out.put(replies.noParameters);
    this.#out.put(columns === undefined ? replies.noColumns : replies.columns(columns));
  }

  async #describe(prepared: Extract<Prepared, { readonly kind: 'query' }>): Promise<readonly WireColumn[]> {
    const portal: Portal = { prepared, control: new AbortController(), done: false };
    const columns = await this.#during(portal, () => this.#mesh.describe(this.#asked(prepared.sql), portal.control.signal));
    return columns.map(wireColumn);
  }

  async #describePortal(name: string): Promise<void> {
    const portal = this.#portal(name);
    await this.#open(portal);
    const columns = columnsOf(portal);
    this.#out.put(columns === undefined ? replies.noColumns : replies.columns(columns));
  }

  async #execute({ portal: name, maxRows }: Asked<'execute'>): Promise<void> {
    const portal = this.#portal(name);
    await this.#open(portal);
    await this.#send(portal, maxRows > 0 ? maxRows : Infinity);
  }

  async #close({ what, name }: Asked<'close'>): Promise<void> {
    if (what === 'portal') await this.#closePortal(name);
    else this.#statements.delete(name);
    this.#out.put(replies.closed);
  }

  /** Begins a query; what the session answers itself begins when it is sent. */
  async #open(portal: Portal): Promise<void> {
    const { prepared } = portal;
    this.#refuseFailed(prepared);
    if (prepared.kind !== 'query' || portal.opened !== undefined) return;
    const answer = await this.#during(portal, () => this.#mesh.query(this.#asked(prepared.sql), portal.control.signal));
    portal.opened = { columns: answer.columns.map(wireColumn), rows: openRows(answer.body, answer.columns.length) };
    this.#provenance = JSON.stringify(answer.provenance);
  }

  async #send(portal: Portal, maxRows: number): Promise<void> {
    const { prepared, opened } = portal;
    if (prepared.kind === 'empty') return this.#out.put(replies.empty);
    if (prepared.kind === 'session') {
      if (portal.done) throw new WireError('55000', 'the portal cannot be run again');
      portal.done = true;
      return this.#runSession(prepared.statement);
    }
    if (opened === undefined) throw new Error('A portal is sent that was not opened.');
    let sent = 0;
    while (sent < maxRows && !portal.done) {
      const batch = await this.#during(portal, () => opened.rows.next(maxRows - sent));
      portal.done = batch === undefined;
      sent += batch?.rows ?? 0;
      if (batch !== undefined) this.#out.put(batch.bytes);
      await this.#out.flushFull();
    }
    this.#out.put(portal.done ? replies.complete(`SELECT ${sent}`) : replies.suspended);
  }

  async #runSession(statement: SessionStatement): Promise<void> {
    const before = this.#values;
    const failed = this.#status === 'E';
    switch (statement.verb) {
      case 'begin':
        if (this.#status === 'I') this.#before = this.#values;
        this.#status = 'T';
        break;
      case 'commit':
      case 'rollback':
        if (this.#status !== 'I' && (failed || statement.verb === 'rollback')) this.#values = this.#before;
        this.#status = 'I';
        break;
      case 'set':
        this.#values = this.#withSetting(statement.name, statement.value);
        break;
      case 'reset-all':
        this.#values = this.#initial;
        break;
      case 'show':
        this.#out.put(replies.row(settingNamed(statement.name).name === 'hanse.provenance' ? this.#provenance : valueOf(this.#values, statement.name)));
        break;
      case 'discard':
        await this.#discard(statement.all);
        break;
      case 'deallocate':
        this.#deallocate(statement.name);
        break;
      default:
        return statement satisfies never;
    }
    for (const [name, value] of toldSettings(this.#values, before)) this.#out.put(replies.parameter(name, value));
    this.#out.put(replies.complete(failed && statement.verb === 'commit' ? 'ROLLBACK' : sessionTags[statement.verb]));
  }

  /** Back to its default means: to what the client began with. */
  #withSetting(name: string, value: string | undefined): SessionValues {
    const begun = this.#initial.get(settingNamed(name).name);
    return withSetting(this.#values, name, value ?? begun);
  }

  async #discard(all: boolean): Promise<void> {
    if (!all) return;
    if (this.#status !== 'I') throw new WireError('25001', 'DISCARD ALL cannot run inside a transaction block');
    this.#values = this.#initial;
    this.#statements.clear();
    this.#provenance = '[]';
    await this.#closePortals();
  }

  #deallocate(name: string | undefined): void {
    if (name === undefined) this.#statements.clear();
    else if (!this.#statements.delete(name)) throw missingStatement(name);
  }

  #asked(sql: string): WireQuery {
    const purpose = valueOf(this.#values, 'hanse.purpose');
    return { sql, ...(purpose !== '' && { purpose }) };
  }

  #statement(name: string): Prepared {
    const prepared = this.#statements.get(name);
    if (prepared === undefined) throw missingStatement(name);
    return prepared;
  }

  #portal(name: string): Portal {
    const portal = this.#portals.get(name);
    if (portal === undefined) throw new WireError('34000', `portal "${name}" does not exist`);
    return portal;
  }

  #refuseFailed(prepared: Prepared): void {
    const ends = prepared.kind === 'session' && (prepared.statement.verb === 'commit' || prepared.statement.verb === 'rollback');
    if (this.#status === 'E' && !ends && prepared.kind !== 'empty')
      throw new WireError('25P02', 'current transaction is aborted, commands ignored until end of transaction block');
  }

  /** Work that a cancel request ends. */
  async #during<Value>(portal: Portal, work: () => Promise<Value>): Promise<Value> {
    this.#running = portal.control;
    try {
      return await work();
    } catch (error) {
      portal.control.signal.throwIfAborted();
      throw portal.prepared.kind === 'query' ? explained(error, portal.prepared.words) : error;
    } finally {
      this.#running = undefined;
    }
  }

  async #closePortal(name: string): Promise<void> {
    const portal = this.#portals.get(name);
    this.#portals.delete(name);
    if (portal !== undefined) await closePortal(portal);
  }

  async #closePortals(): Promise<void> {
    for (const name of this.#portals.keys()) await this.#closePortal(name);
  }

  async #ready(): Promise<void> {
    this.#out.put(replies.ready(this.#status));
    await this.#out.flush();
  }
}

function columnsOf(portal: Portal): readonly WireColumn[] | undefined {
  return portal.opened?.columns ?? columnsAhead(portal.prepared);
}

/** The columns of what the session answers itself. */
function columnsAhead(prepared: Prepared): readonly WireColumn[] | undefined {
  return prepared.kind === 'session' && prepared.statement.verb === 'show' ? [textColumn(settingNamed(prepared.statement.name).name)] : undefined;
}

/** Tools ask for PostgreSQL's catalog: a refusal says that it is not there, rather than which of its functions is unknown. */
function explained(error: unknown, words: string): unknown {
  const told = wireError(error);
  if (!/\b(?:pg_\w+|information_schema)\b/i.test(words) || told.sqlstate.startsWith('5') || told.fatal) return told;
  return notServed('the catalog (pg_catalog, information_schema) is not served yet', 'What there is: hanse products, or GET /api/products.');
}

function noParameters(): WireError {
  return notServed('parameters are not served yet', 'Write the values into the statement, as psycopg’s ClientCursor does.');
}

function missingStatement(name: string): WireError {
  return new WireError('26000', `prepared statement "${name}" does not exist`);
}
