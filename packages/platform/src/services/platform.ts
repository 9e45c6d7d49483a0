import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { Clock } from '../clock.ts';
import type { Engine, Limits } from '../engine/engine.ts';
import type { Files } from '../files/files.ts';
import type { Slices } from '../slice/slices.ts';
import type { Store } from '../store/store.ts';

/** What services are given; each takes the members that it needs. */
export interface Platform {
  readonly store: Store;
  readonly files: Files;
  readonly engine: Engine;
  readonly slices: Slices;
  readonly meshes: MeshView;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: { readonly query: Limits; readonly build: Limits };
  /** Folder with the documents: sources are found relative to it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly meshName: string;
  /** Keyed digests of statements are made with it; never leaves the process. */
  readonly secret: string;
}

/** The documents in force. Reads the log's head first, so that a revocation holds on the next statement. */
export interface MeshView {
  current(): Promise<MeshNow>;
}

export interface MeshNow {
  readonly head: number;
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
}
