import type { CompiledSchema } from '../../src/document/compiled-schema.ts';
export const validate: CompiledSchema['validate'];
export const names: CompiledSchema['names'];
