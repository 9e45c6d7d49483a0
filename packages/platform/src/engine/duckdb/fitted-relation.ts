import { fitJson, fitText } from '@hanse/core/sql/fit-text.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Relation } from '../engine.ts';
import { quoteList } from './quote-list.ts';
import { csvOptions, relationName } from './relation-sql.ts';

/** Lists the names of the fields that the files of a relation have. */
export function fieldNamesSql(relation: Relation): string {
  return `SELECT column_name FROM (DESCRIBE SELECT * FROM ${relation.format === 'json' ? readJson(relation) : readCsv(relation)})`;
}

/**
 * The statements that make a relation of texts visible: its fields as the types that they should have, and under the name
 * `misfitsName` the texts that do not fit. `keptIn`: a file for its rows, so that the texts are read once.
 */
export function fittedStatements(relation: Relation, names: readonly string[], keptIn: string): readonly string[] {
  const misfits = relationName({ ...relation, name: misfitsName(relation.name) });
  const select = fittedSelect(relation, names);
  const held = relation.kept === true ? [`COPY (${select}) TO ${quoteText(keptIn)} (FORMAT parquet, USE_TMP_FILE false)`] : [];
  return [
    ...held,
    `CREATE VIEW ${misfits} AS ${relation.kept === true ? `SELECT * FROM read_parquet(${quoteText(keptIn)})` : select}`,
    `CREATE VIEW ${relationName(relation)} AS SELECT ${names.map(quoteName).join(', ')} FROM ${misfits}`,
  ];
}

/** The relation beside one that fits texts: its columns, and for each column that was to fit `misfit <name>`, the text that does not. */
export function misfitsName(name: string): string {
  return `${name} misfits`;
}

function fittedSelect(relation: Relation, names: readonly string[]): string {
  const isJson = relation.format === 'json';
  const columns = names.flatMap((name) => {
    const fit = relation.fits?.find((one) => one.name === name);
    const raw = isJson ? quoteName(name) : `${quoteName(name)}::VARCHAR`;
    const shown = isJson ? `(${raw} ->> '$')` : raw;
    if (fit === undefined) return [`${shown} AS ${quoteName(name)}`];
    const { value, misfit } = isJson ? fitJson(raw, fit) : fitText(raw, fit);
    return [`${value} AS ${quoteName(name)}`, `CASE WHEN ${misfit} THEN ${isJson ? `${raw}::VARCHAR` : raw} END AS ${quoteName(`misfit ${name}`)}`];
  });
  return `SELECT ${columns.join(', ')} FROM ${isJson ? readJson(relation, names) : readCsv(relation)}`;
}

function readJson({ files }: Relation, names?: readonly string[]): string {
  const shape = names === undefined ? 'union_by_name = true, sample_size = -1' : `columns = {${names.map((name) => `${quoteName(name)}: 'JSON'`).join(', ')}}`;
  return `read_json(${quoteList(files)}, ${shape})`;
}

function readCsv({ files, csv }: Relation): string {
  return `read_csv(${quoteList(files)}, all_varchar = true, union_by_name = true, allow_quoted_nulls = false${csvOptions({ ...csv, header: true })})`;
}
