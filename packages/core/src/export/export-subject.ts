import type { Left } from '../adopt/draft.ts';
import type { Contract, SchemaObject } from '../contract/contract.ts';
import type { Product } from '../product/product.ts';

/** What is written for another tool: a contract, and the product that serves it where there is one. */
export interface ExportSubject {
  readonly contract: Contract;
  /** The contract's file as it stands. */
  readonly text: string;
  /** Its name without folders: `churn.odcs.yaml`. */
  readonly file: string;
  /** When it is written; ISO 8601 in UTC. */
  readonly at: string;
  readonly product?: Product;
  readonly owner?: string;
}

export interface Exported {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** What the other form has no place for. */
  readonly left: readonly Left[];
}

export type Export = (subject: ExportSubject) => Exported;

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Quality rules of a table, as something that another form leaves out. */
export function leftRules({ name, quality, properties }: SchemaObject, why: string): readonly Left[] {
  const count = quality.length + properties.reduce((sum, property) => sum + property.quality.length, 0);
  return count === 0 ? [] : [{ what: `${count} quality rules of ${name}`, why }];
}

/** The parts of several subjects or tables, in their order. */
export function together(parts: readonly Exported[]): Exported {
  return { files: parts.flatMap(({ files }) => files), left: parts.flatMap(({ left }) => left) };
}
