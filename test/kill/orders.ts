import type { CollectionAnswer } from '@hanse/core/api/shapes.ts';
import type { PublishStep } from '../../packages/platform/src/services/platform.ts';
import type { TownTable } from '../fixtures/town.ts';

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
