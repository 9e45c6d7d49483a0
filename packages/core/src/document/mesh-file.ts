/** `hanse.yaml`: all of it optional. */
export interface MeshFile {
  readonly mesh?: string;
  /** Stable id of this repository: what its documents have for home. */
  readonly repository?: string;
  readonly environments: Readonly<Record<string, MeshEnvironment>>;
  readonly storage?: { readonly folder: string };
  readonly listen?: { readonly http?: string };
  /** Places outside the repository that sources may read. */
  readonly files: { readonly roots: readonly string[] };
  readonly limits: Readonly<Record<string, string | number>>;
}

/** What an environment puts in place of the same keys outside it. */
export interface MeshEnvironment {
  readonly storage?: { readonly folder: string };
  readonly listen?: { readonly http?: string };
  readonly variables: Readonly<Record<string, string>>;
}
