import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { Clock } from '../clock.ts';
import type { Dialects } from '../dialect/dialect.ts';
import type { Engine, Limits } from '../engine/engine.ts';
import type { Files } from '../files/files.ts';
import type { GrantPlaceSource, ManagedPlace, OpenGrantPlace } from '../grant/grant-place.ts';
import type { Table } from '../iceberg/table.ts';
import type { TableFiles } from '../iceberg/table-files.ts';
import type { OpenSource, Source } from '../source/source.ts';
import type { Slices } from '../slice/slices.ts';
import type { Store } from '../store/store.ts';

/** What services are given; each takes the members that it needs. */
export interface Platform {
  readonly store: Store;
  readonly files: Files;
  readonly engine: Engine;
  /** Reads SQL of other databases. Started with the first statement. */
  readonly dialects: Dialects;
  readonly slices: Slices;
  readonly meshes: MeshView;
  readonly tables: TableView;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: { readonly query: Limits; readonly build: Limits };
  readonly openSource: OpenSource;
  /** Databases in which agreements are granted. */
  readonly places: readonly ManagedPlace[];
  readonly openGrantPlace: OpenGrantPlace;
  /** Rows of a query in such a database, as a source. */
  readonly openPlaceSource: (options: GrantPlaceSource) => Source;
  /** Names this process as a holder of leases. */
  readonly holder: string;
  readonly buildsAtOnce: number;
  /** How long single reads stay on record. */
  readonly keepReadsDays: number;
  readonly meshName: string;
  /** Builds read made-up rows in place of inputs that they may not read, or that nobody published. */
  readonly samples: boolean;
  /** Told of each step of a publish once it is taken: where the tests kill. */
  readonly onStep?: (step: PublishStep) => void;
  readonly place: Place;
  /** Keyed digests of statements are made with it; never leaves the process. */
  readonly secret: string;
}

/** Where the mesh lives, for who looks after it. */
export interface Place {
  /** The folder of all that is kept, as an absolute path. */
  readonly storage: string;
  /** The store in words, without secrets. */
  readonly store: string;
  /** The system's user that workers become; that of Hanse itself where absent. */
  readonly workerUser?: number;
}

export type PublishStep = 'intent' | 'staged' | 'sealed' | 'checked' | 'snapshot' | 'head' | 'announced';

/** The documents in force. Reads the log's head first, so that a revocation holds on the next statement. */
export interface MeshView {
  current(): Promise<MeshNow>;
}

export interface MeshNow {
  readonly head: number;
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
}

/** Published tables by the name of their metadata file. */
export interface TableView {
  read(metadata: string): Promise<Table>;
  readonly files: TableFiles;
}
