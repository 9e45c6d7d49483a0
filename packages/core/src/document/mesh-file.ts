/** `hanse.yaml`: all of it optional. */
export interface MeshFile {
  readonly mesh?: string;
  /** Stable id of this repository: what its documents have for home. */
  readonly repository?: string;
  /** Where the consumers of the repository's products are: all of them in it, or also elsewhere, where only the mesh knows them. */
  readonly consumers?: 'here' | 'elsewhere';
  readonly environments: Readonly<Record<string, MeshEnvironment>>;
  readonly storage?: MeshStorage;
  readonly listen?: { readonly http?: string; readonly postgres?: string };
  /** Where the mesh of an environment runs, if elsewhere. */
  readonly url?: string;
  /** Of an environment: builds read made-up rows in place of inputs that they may not read, or that nobody published. */
  readonly samples?: boolean;
  /** Where runs are told as events of OpenLineage: a URL or a file. */
  readonly openlineage?: { readonly to: string };
  /** By domain, what its builds may read beside the files of their own domain; a domain that is not named reads nothing else. */
  readonly sources: Readonly<Record<string, SourcePermission>>;
  /** Databases with tables that stay there: agreements are granted in them. */
  readonly places: Readonly<Record<string, PlacePermission>>;
  readonly limits: Readonly<Record<string, string | number>>;
}

/** A database in which the mesh gives and takes rights. Texts may hold `${VAR}`. */
export interface PlacePermission {
  /** `postgres://...`, of a user that owns the tables and may create schemas and roles. */
  readonly postgres: string;
  /** By domain, the schemas whose tables its contracts may open. */
  readonly schemas: Readonly<Record<string, readonly string[]>>;
  /** Logins that are not called as in the mesh, by person, or by product as `finance/churn`. */
  readonly logins: Readonly<Record<string, string>>;
}

/** What the builds of one domain may read outside it. Texts may hold `${VAR}`. */
export interface SourcePermission {
  /** Folders, absolute or relative to the repository. */
  readonly folders: readonly string[];
  /** Connection strings, each as build.yaml writes it. */
  readonly databases: readonly string[];
  /** Variables that the builds' file names may hold, beside those of `folders`. */
  readonly variables: readonly string[];
}

export interface MeshStorage {
  readonly folder?: string;
  /** `postgres://...`, usually `${VAR}`. */
  readonly database?: string;
}

/** What an environment puts in place of the same keys outside it. */
export interface MeshEnvironment extends Pick<MeshFile, 'storage' | 'listen' | 'url' | 'samples'> {
  /** For `${VAR}`, where the process has no such variable. */
  readonly variables: Readonly<Record<string, string>>;
}
