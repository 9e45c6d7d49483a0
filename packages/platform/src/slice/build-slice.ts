import { compileRestriction, type CompiledRestriction } from '@hanse/core/restriction/compile-restriction.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Engine, Limits } from '../engine/engine.ts';
import { ExternalError } from '../error.ts';
import type { Files } from '../files/files.ts';
import { type Footer, readFooter } from '../parquet/footer.ts';
import { sameRowGroups, spliceColumns, type SplicedColumn } from '../parquet/splice-columns.ts';
import { type ColumnOrigin, columnOrigins, type SlicePlan } from './plan-slice.ts';

export interface SliceBuilder {
  readonly engine: Pick<Engine, 'session'>;
  readonly files: Files;
  readonly limits: Limits;
  readonly hashKey: { readonly id: string; readonly hex: string };
}

export interface SliceOrder {
  readonly source: string;
  readonly target: string;
  readonly plan: SlicePlan;
  readonly signal: AbortSignal;
}

export interface BuiltSlice {
  readonly built: 'splice' | 'rewrite';
  /** Of what precedes the footer, where it fell off on the way. */
  readonly hash?: string;
}

/**
 * Builds a slice at `target`. Without a row filter the columns that stay are copied byte for byte and only masked ones are
 * computed; else, or where their row groups come out differently, the engine writes the whole file.
 */
export async function buildSlice(builder: SliceBuilder, order: SliceOrder): Promise<BuiltSlice> {
  const hash = order.plan.restriction.rows === undefined ? await spliceSlice(builder, order) : undefined;
  if (hash !== undefined) return { built: 'splice', hash };
  const { select, where } = compile(builder, order);
  await write(builder, order, { target: order.target, select, where });
  return { built: 'rewrite' };
}

async function spliceSlice(builder: SliceBuilder, order: SliceOrder): Promise<string | undefined> {
  const footer = await readFooter(order.source);
  const origins = columnOrigins(footer.fields, order.plan);
  if (!origins.some(({ kind }) => kind === 'copied')) return undefined;
  const computed = origins.filter(({ kind }) => kind === 'computed').map(({ column }) => column);
  if (computed.length === 0) return splice(order, origins, { footer });
  const staged = await builder.files.stage('slice', 'parquet');
  try {
    const select = compile(builder, order).select.filter(({ column }) => computed.some(({ id }) => id === column.id));
    await write(builder, order, { target: staged.path, select });
    const masks = await readFooter(staged.path);
    return sameRowGroups(footer, masks) ? await splice(order, origins, { footer, masks: { path: staged.path, footer: masks } }) : undefined;
  } finally {
    await builder.files.discard(staged);
  }
}

interface Sources {
  readonly footer: Footer;
  readonly masks?: { readonly path: string; readonly footer: Footer };
}

async function splice({ source, target }: SliceOrder, origins: readonly ColumnOrigin[], { footer, masks }: Sources): Promise<string | undefined> {
  const columns = origins.flatMap((origin): readonly SplicedColumn[] => {
    if (origin.kind === 'copied') return [{ source: { path: source, footer }, field: origin.field }];
    const field = masks?.footer.fields.find(({ id }) => id === origin.column.id);
    return masks === undefined || field === undefined ? [] : [{ source: masks, field }];
  });
  const [first, ...rest] = columns;
  return first === undefined || columns.length < origins.length ? undefined : spliceColumns(target, [first, ...rest]);
}

function compile({ hashKey }: SliceBuilder, { plan }: SliceOrder): CompiledRestriction {
  const { select, where } = compileRestriction(plan.columns, plan.restriction, hashKey.hex);
  return { select: select.filter(({ column }) => plan.shown.has(column.id)), ...(where !== undefined && { where }) };
}

interface SliceStatement {
  readonly target: string;
  readonly select: CompiledRestriction['select'];
  readonly where?: string | undefined;
}

/** The engine's words stay here: a failed cast shows the value, and the statement holds the key. */
async function write(builder: SliceBuilder, { source, plan, signal }: SliceOrder, { target, select, where }: SliceStatement): Promise<void> {
  const relation = { schema: 'held', name: 'file', format: 'parquet', files: [source], columns: plan.columns } as const;
  const filter = where === undefined ? '' : ` WHERE ${where}`;
  const sql = `SELECT ${select.map(({ column, sql: value }) => `${value} AS ${quoteName(column.name)}`).join(', ')} FROM held.file${filter}`;
  try {
    await using session = await builder.engine.session({ relations: [relation], limits: builder.limits, writable: [target], signal });
    await session.write({ sql }, { path: target, columns: select.map(({ column }) => column) });
  } catch (error) {
    signal.throwIfAborted();
    throw withheld(error);
  }
}

function withheld(error: unknown): ExternalError {
  const kind = error instanceof ExternalError ? error.message : 'the engine refused the plan';
  return new ExternalError(`A slice could not be built: ${kind}`, { hint: 'Try again; if it stays, run hanse doctor.' });
}
