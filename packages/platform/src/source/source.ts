import type { JsonObject } from '@hanse/core/document/document.ts';
import type { BuildSource } from '@hanse/core/product/build-file.ts';
import type { Relation } from '../engine/engine.ts';
import type { Files } from '../files/files.ts';

/** What was landed for one build: a relation to read, and where to go on next time, committed with the snapshot. */
export interface Landing {
  readonly relation: Omit<Relation, 'schema' | 'name'>;
  readonly position: JsonObject;
  /** Staged files to discard once the build has ended. */
  readonly staged: readonly Awaited<ReturnType<Files['stage']>>[];
}

/** A place where tables lie. Bytes only: cell values never become JavaScript values. */
export interface Source {
  /** `after` is the position that the last committed build stored; absent for a full landing. */
  land(options: { readonly after?: JsonObject; readonly signal?: AbortSignal }): Promise<Landing>;
}

/** Opens the source that a build.yaml describes; `UserError` where a variable or a permission is missing. */
export type OpenSource = (source: BuildSource, place: SourcePlace) => Source;

export interface SourcePlace {
  /** The product's folder, relative to the repository. */
  readonly folder: string;
  /** Whose build it is. */
  readonly domain: string;
  /** How messages name the source: `operations/flights: source flights`. */
  readonly label: string;
  /** True for a file that a person names on the command line: it may lie anywhere. */
  readonly anywhere?: true;
}
