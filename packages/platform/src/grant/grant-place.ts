import type { ContractServer } from '@hanse/core/contract/contract.ts';
import type { ActualAccess, BaseTable } from '@hanse/core/grant/access-schema.ts';

export interface AccessRead {
  /** Schemas and roles with a comment that begins so are the mesh's. */
  readonly mark: string;
  /** Schemas and roles that are looked at also without it. */
  readonly names: readonly string[];
  readonly tables: readonly BaseTable[];
}

/** A database in which the mesh gives and takes rights. Ends its connection when disposed. */
export interface GrantPlace extends AsyncDisposable {
  /** What the catalog tells: no row is read. */
  read(question: AccessRead): Promise<ActualAccess>;
  /** Runs statements, all or none; `ExternalError` with the database's words. */
  run(sql: readonly string[]): Promise<void>;
}

export interface GrantPlaceOptions {
  /** As the place writes it: `postgres://...`, resolved. Never printed. */
  readonly connection: string;
  /** How messages name the place. */
  readonly label: string;
  /** For each statement. */
  readonly deadlineMs: number;
}

export interface GrantPlaceSource extends Pick<GrantPlaceOptions, 'connection' | 'label'> {
  readonly query: string;
  /** What the query reads. */
  readonly table: BaseTable;
}

/** `ExternalError` where nobody answers or lets us in. */
export type OpenGrantPlace = (options: GrantPlaceOptions) => Promise<GrantPlace>;

/** A database with tables that stay there, as hanse.yaml names it under `places`. */
export interface ManagedPlace {
  readonly name: string;
  /** By domain, the schemas whose tables its contracts may open. */
  readonly schemas: Readonly<Record<string, readonly string[]>>;
  readonly logins: Readonly<Record<string, string>>;
  /** The connection string, resolved; `UserError` where a variable is not set. Never printed. */
  readonly connection: () => string;
  /** Whether a contract's server is this database. */
  readonly holds: (server: ContractServer) => boolean;
}
