import type { JsonObject } from '../document/document.ts';
import type { MeshKind } from '../mesh/mesh-value.ts';

export type PlannedKind = MeshKind;

/** A document that a repository wants, ready to be stored. */
export interface DesiredDocument {
  readonly kind: PlannedKind;
  readonly id: string;
  /** How people name it: `finance/churn`. */
  readonly ref: string;
  readonly path: string;
  /** `path`, `domain`, `text` as it stands in the file, and the parsed `value`. */
  readonly body: JsonObject;
}
