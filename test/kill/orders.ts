import type { CollectionAnswer } from '@hanse/core/api/shapes.ts';
import type { MeshFile } from '@hanse/core/document/mesh-file.ts';
import { readSettings } from '../../packages/platform/src/config.ts';
import type { PublishStep } from '../../packages/platform/src/services/platform.ts';
import type { TownTable } from './town.ts';

/** What one life of the child is to do. */
export interface Orders {
  readonly folder: string;
  readonly table: TownTable;
  /** At this step of the build it kills itself at once, or says so and goes on. */
  readonly at?: { readonly step: PublishStep; readonly tell: boolean };
}

/** What the child says, a line of JSON each. */
export type Said =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'collecting' }
  | { readonly kind: 'collected'; readonly collection: CollectionAnswer; readonly findings: readonly string[] }
  | { readonly kind: 'step' }
  | { readonly kind: 'built'; readonly outcome: string; readonly message: string };

export const STEPS: readonly PublishStep[] = ['intent', 'staged', 'sealed', 'checked', 'snapshot', 'head', 'announced'];

export const MESH_FILE: MeshFile = { mesh: 'town', repository: 'town', environments: {}, files: { roots: [] }, limits: {} };

/** More workers than builds, so that readers read while one builds. */
export function settingsOf(folder: string) {
  return readSettings({ flags: { folder, workers: '4', memory: '256' }, environment: {}, file: {} });
}
