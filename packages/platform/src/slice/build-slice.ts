import { compileRestriction, type CompiledRestriction } from '@hanse/core/restriction/compile-restriction.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { type Footer, readFooter } from '../parquet/footer.ts';
import { sameRowGroups, spliceColumns, type SplicedColumn } from '../parquet/splice-columns.ts';
import { type ColumnOrigin, columnOrigins, type SlicePlan } from './plan-slice.ts';
import type { Workplace } from './workplace.ts';

export interface SliceOrder {
  readonly source: string;
  readonly plan: SlicePlan;
  /** Of keyed hashes, in hex. */
  readonly hashKey: string;
  readonly workplace: Workplace;
}

export interface BuiltSlice {
  readonly built: 'splice' | 'rewrite';
  /** Of what precedes the footer, where it fell off on the way. */
  readonly hash?: string;
}

/**
 * Builds a slice at the workplace's target. Without a row filter the columns that stay are copied byte for byte and only
 * masked ones are computed; else, or where their row groups come out differently, the engine writes the whole file.
 */
export async function buildSlice(order: SliceOrder): Promise<BuiltSlice> {
  const hash = order.plan.restriction.rows === undefined ? await spliceSlice(order) : undefined;
  if (hash !== undefined) return { built: 'splice', hash };
  const { select, where } = compile(order);
  await write(order, order.workplace.target.path, { select, ...(where !== undefined && { where }) });
  return { built: 'rewrite' };
}

async function spliceSlice(order: SliceOrder): Promise<string | undefined> {
  const footer = await readFooter(order.source);
  const origins = columnOrigins(footer.fields, order.plan);
  if (!origins.some(({ kind }) => kind === 'copied')) return undefined;
  const computed = origins.filter(({ kind }) => kind === 'computed').map(({ column }) => column);
  if (computed.length === 0) return splice(order, origins, { footer });
  const { path } = order.workplace.masks;
  await write(order, path, { select: compile(order).select.filter(({ column }) => computed.some(({ id }) => id === column.id)) });
  const masks = await readFooter(path);
  return sameRowGroups(footer, masks) ? splice(order, origins, { footer, masks: { path, footer: masks } }) : undefined;
}

interface Sources {
  readonly footer: Footer;
  readonly masks?: { readonly path: string; readonly footer: Footer };
}

async function splice({ source, workplace }: SliceOrder, origins: readonly ColumnOrigin[], { footer, masks }: Sources): Promise<string | undefined> {
  const columns = origins.flatMap((origin): readonly SplicedColumn[] => {
    if (origin.kind === 'copied') return [{ source: { path: source, footer }, field: origin.field }];
    const field = masks?.footer.fields.find(({ id }) => id === origin.column.id);
    return masks === undefined || field === undefined ? [] : [{ source: masks, field }];
  });
  const [first, ...rest] = columns;
  return first === undefined || columns.length < origins.length ? undefined : spliceColumns(workplace.target.path, [first, ...rest]);
}

function compile({ plan, hashKey }: SliceOrder): CompiledRestriction {
  const { select, where } = compileRestriction(plan.columns, plan.restriction, hashKey);
  return { select: select.filter(({ column }) => plan.shown.has(column.id)), ...(where !== undefined && { where }) };
}

async function write({ workplace }: SliceOrder, path: string, { select, where }: CompiledRestriction): Promise<void> {
  const values = select.map(({ column, sql }) => `${sql} AS ${quoteName(column.name)}`).join(', ');
  const filter = where === undefined ? '' : ` WHERE ${where}`;
  await workplace.write(`SELECT ${values} FROM held.file${filter}`, { path, columns: select.map(({ column }) => column) });
}
