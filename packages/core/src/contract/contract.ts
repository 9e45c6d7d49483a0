import type { Restriction } from '../restriction/restriction.ts';

/** A data contract as the mesh reasons about it (ODCS 3.x). The file keeps everything that stands beside it. */
export interface Contract {
  readonly id: string;
  /** Whose folder holds it: only products of that domain serve it. Absent while the text stands alone. */
  readonly domain?: string;
  /** Semantic version; the major is part of the contract's identity in the mesh. */
  readonly version: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly status: string;
  readonly description?: string;
  readonly objects: readonly SchemaObject[];
  readonly roles: readonly Role[];
  readonly sla: readonly SlaProperty[];
  /** Where its data lies (ODCS `servers[]`); absent where it names none. */
  readonly servers?: readonly ContractServer[];
  readonly tags: readonly string[];
}

/** ODCS `servers[]`, without what only a reader of it needs. Texts may hold `${VAR}`. */
export interface ContractServer {
  readonly name: string;
  readonly type: string;
  readonly host?: string;
  readonly port?: number;
  /** BigQuery's project, Databricks' catalog. */
  readonly database?: string;
  /** BigQuery's dataset. */
  readonly schema?: string;
  /** Who keeps the promises there: the tests of a dbt project, or whoever is connected with the database. */
  readonly custody?: ServerCustody;
}

export type ServerCustody = 'connected' | 'dbt';

/** ODCS `schema[]`: one table. */
export interface SchemaObject {
  /** The standard's `id`, else the name: what a rename keeps. */
  readonly id: string;
  readonly name: string;
  /** What the table is called where the data lies, if otherwise. */
  readonly physicalName?: string;
  readonly description?: string;
  readonly properties: readonly SchemaProperty[];
  readonly quality: readonly QualityRule[];
  /** As written: `rule/` gives them meaning. */
  readonly relationships?: readonly unknown[];
}

/** ODCS `schema[].properties[]`: one column, or a field of one. */
export interface SchemaProperty {
  readonly id: string;
  readonly name: string;
  /** What the column is called where the data lies, if otherwise. */
  readonly physicalName?: string;
  readonly description?: string;
  readonly logicalType?: LogicalType;
  readonly physicalType?: string;
  readonly logicalTypeOptions: Readonly<Record<string, unknown>>;
  readonly required: boolean;
  readonly unique: boolean;
  /** Position in the primary key, counted from 1; absent where it is no part of it. */
  readonly primaryKeyPosition?: number;
  readonly classification?: string;
  readonly enum?: readonly (string | number | boolean)[];
  /** Calculated from columns (ODCS 3.2 `semanticType`, `transformLogic`); no column holds it. */
  readonly calculated?: 'measure' | 'dimension';
  /** How it is calculated (ODCS `transformLogic`), of what is calculated. */
  readonly formula?: string;
  /** URLs of ODCS `authoritativeDefinitions[]`. */
  readonly definitions?: readonly string[];
  /** Fields of an `object`. */
  readonly properties: readonly SchemaProperty[];
  /** Element of an `array`. */
  readonly items?: SchemaProperty;
  /** Key and value of a `map` (ODCS 3.2). */
  readonly keys?: SchemaProperty;
  readonly values?: SchemaProperty;
  readonly quality: readonly QualityRule[];
  /** As written: `rule/` gives them meaning. */
  readonly relationships?: readonly unknown[];
  /** As written: `rule/` gives meaning to some of them. */
  readonly customProperties?: readonly unknown[];
  readonly tags: readonly string[];
}

export type LogicalType = 'string' | 'date' | 'timestamp' | 'time' | 'number' | 'integer' | 'object' | 'array' | 'map' | 'boolean' | 'vector';

/** ODCS `quality[]`, kept as written: `rule/` gives it meaning. */
export interface QualityRule {
  readonly type: 'library' | 'sql' | 'custom' | 'text';
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly dimension?: string;
  readonly severity?: string;
  readonly written: Readonly<Record<string, unknown>>;
}

/** ODCS `roles[]` and, under its `customProperties`, the restriction that the role puts on its readers. */
export interface Role {
  readonly name: string;
  readonly description?: string;
  readonly approvers: readonly string[];
  /** Requests for this role need nobody's answer. */
  readonly standing: boolean;
  /** Columns by property name, as written. */
  readonly restriction: Restriction<string>;
}

/** ODCS `slaProperties[]`. */
export interface SlaProperty {
  readonly id?: string;
  readonly property: string;
  readonly value?: unknown;
  readonly valueExt?: unknown;
  readonly unit?: string;
  readonly element?: string;
}
