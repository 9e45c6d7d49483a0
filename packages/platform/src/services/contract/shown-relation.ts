import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { fitJson, fitText } from '@hanse/core/sql/fit-text.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Fit } from '../../engine/engine.ts';
import type { Found } from './locate-data.ts';

/** Types that DuckDB's own cast reads as rules do, where every text fits. */
const plain = new Set(['boolean', 'int', 'long', 'float', 'double', 'date', 'uuid']);

export interface ShownColumns {
  readonly columns: readonly Pick<Column, 'name' | 'type'>[];
  /** Those whose values are looked at. */
  readonly asked: (name: string) => boolean;
  /** Columns with texts that do not fit. */
  readonly misfits: ReadonlySet<string>;
}

/** What a person reads the rows with, each column that is asked about as the type that the rules saw, though some texts may not fit it. */
export function shownRelation({ shown, relation }: Found, { columns, asked, misfits }: ShownColumns): string {
  const { format, fits } = relation;
  if (fits === undefined) return shown;
  const isJson = format === 'json';
  const typed = columns.flatMap(({ name, type }) => {
    const fit = fits.find((one) => one.name === name);
    return fit === undefined || type.kind === 'string' || !asked(name) ? [] : [`${valueOf(fit, isJson, misfits.has(name))} AS ${quoteName(name)}`];
  });
  const texts = isJson ? `columns = {${columns.map(({ name }) => `${quoteName(name)}: 'JSON'`).join(', ')}}` : 'all_varchar = true, allow_quoted_nulls = false';
  const read = shown.replace(/\)$/, `, ${texts})`);
  const strings = isJson
    ? columns.filter(({ name, type }) => type.kind === 'string' && asked(name)).map(({ name }) => `${textOf(name)} AS ${quoteName(name)}`)
    : [];
  const replaced = [...typed, ...strings];
  return replaced.length === 0 ? read : `(SELECT * REPLACE (${replaced.join(', ')}) FROM ${read})`;
}

function valueOf(fit: Fit, isJson: boolean, isMisfit: boolean): string {
  const name = quoteName(fit.name);
  if (!isMisfit && fit.format === undefined && plain.has(fit.type.kind)) return `TRY_CAST(${isJson ? textOf(fit.name) : name} AS ${duckdbType(fit.type)})`;
  return isJson ? fitJson(name, fit).value : fitText(name, fit).value;
}

function textOf(name: string): string {
  return `(${quoteName(name)} ->> '$')`;
}
