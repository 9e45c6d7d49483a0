import type { JsonObject, JsonValue } from '../document/document.ts';

/** What one source gave: products to propose, and all that was left out of them. */
export interface Draft {
  /** Where it comes from, for the report: `the dbt project jaffle_shop (dbt 1.11.16, manifest v12)`. */
  readonly origin: string;
  /** What the domain is called where nobody names one. */
  readonly domain: string;
  readonly owner?: string;
  readonly products: readonly DraftProduct[];
  readonly left: readonly Left[];
  /** For the report: what was learnt of the source and is no clause. */
  readonly notes: readonly string[];
}

/** Something that no document holds now, and why. */
export interface Left {
  readonly what: string;
  readonly why: string;
}

export interface DraftProduct {
  readonly name: string;
  readonly description?: string;
  readonly usage?: string;
  readonly limitations?: string;
  readonly tags: readonly string[];
  readonly team?: DraftTeam;
  /** At least one; one of several majors stands in a file of its own. */
  readonly contracts: readonly DraftContract[];
}

export interface DraftTeam {
  readonly name: string;
  readonly members: readonly { readonly username: string; readonly name?: string; readonly role: string }[];
}

/** A contract behind an output port of the same name. */
export interface DraftContract {
  readonly name: string;
  /** Where the source has one; else an id is made of domain and name. */
  readonly id?: string;
  readonly version: string;
  readonly deprecated?: boolean;
  readonly description?: string;
  /** ODCS `servers[]`, as they are written. */
  readonly servers: readonly JsonObject[];
  readonly tables: readonly DraftTable[];
  readonly customProperties?: readonly CustomProperty[];
  /** Other sections of ODCS, as they are written: they go before those that are made. */
  readonly sections?: JsonObject;
  /** An ODCS document as it was found, which is taken whole. */
  readonly text?: string;
}

export interface CustomProperty {
  readonly property: string;
  readonly value: JsonValue;
}

/** ODCS `schema[]`. */
export interface DraftTable {
  readonly name: string;
  readonly physicalName?: string;
  readonly businessName?: string;
  readonly physicalType: string;
  readonly description?: string;
  readonly granularity?: string;
  readonly tags: readonly string[];
  readonly columns: readonly DraftColumn[];
  readonly quality: readonly JsonObject[];
  readonly relationships: readonly DraftRelationship[];
  readonly customProperties?: readonly CustomProperty[];
}

/** ODCS `schema[].properties[]`. */
export interface DraftColumn {
  readonly name: string;
  /** What the column is called where the data lies, if otherwise. */
  readonly physicalName?: string;
  readonly businessName?: string;
  readonly description?: string;
  readonly logicalType?: string;
  readonly physicalType?: string;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly primaryKeyPosition?: number;
  readonly classification?: string;
  readonly tags: readonly string[];
  readonly options: JsonObject;
  readonly enum: readonly (string | number | boolean)[];
  readonly quality: readonly JsonObject[];
  readonly relationships: readonly { readonly to: string }[];
  readonly examples: readonly JsonValue[];
  readonly customProperties: readonly CustomProperty[];
  /** Fields of an `object`. */
  readonly columns: readonly DraftColumn[];
  /** Element of an `array`. */
  readonly items?: DraftColumn;
  /** Of a `map`. */
  readonly map?: { readonly key: DraftColumn; readonly value: DraftColumn };
  readonly suggestion?: Suggestion;
}

export interface DraftRelationship {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** A classification that somebody should decide on; never applied. */
export interface Suggestion {
  readonly classification: 'confidential' | 'restricted';
  readonly what: string;
  readonly reason: string;
  /** From 0 to 1. */
  readonly confidence: number;
}

/** A column of which nothing but its name is known. */
export function bareColumn(name: string): DraftColumn {
  return { name, tags: [], options: {}, enum: [], quality: [], relationships: [], examples: [], customProperties: [], columns: [] };
}
