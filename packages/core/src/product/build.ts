import type { BuildFile } from './build-file.ts';

/** How a product is made: its build.yaml and one SELECT per object (`metrics`, or `metrics__v1` for an older major). */
export interface Build {
  readonly productId: string;
  readonly file: BuildFile;
  readonly statements: readonly BuildStatement[];
}

export interface BuildStatement {
  readonly object: string;
  readonly path: string;
  readonly sql: string;
}
