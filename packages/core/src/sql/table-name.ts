/** A table as a statement names it: `finance.metrics`, or with a pinned major `finance.metrics__v2`; `schema` is empty where none is written. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}
