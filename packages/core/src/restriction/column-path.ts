import type { Column } from '../table/column.ts';

/** The way to a column: itself, or the structs around it and then the field. */
export type ColumnPath = readonly [Column, ...Column[]];

/** Every column and every field of a struct, at any depth. What lies in lists and maps is no column of a row. */
export function columnPaths(columns: readonly Column[]): readonly ColumnPath[] {
  return columns.flatMap((column) => {
    const fields = column.type.kind === 'struct' ? columnPaths(column.type.fields) : [];
    return [[column], ...fields.map((path): ColumnPath => [column, ...path])] satisfies ColumnPath[];
  });
}

/** `address.city`: how a restriction names a field. */
export function pathName(path: ColumnPath): string {
  return path.map((column) => column.name).join('.');
}

/** The column or field at the end of a path. */
export function pathEnd(path: ColumnPath): Column {
  return path.at(-1) ?? path[0];
}
