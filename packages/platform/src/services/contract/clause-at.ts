import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { type Path, positionOf } from '@hanse/core/document/source-document.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import type { ReadContract } from './read-contract.ts';

/** Where a rule's clause stands in its file. A pointer starts at the schema object, or with `#` at the contract. */
export function clauseAt({ document, contract }: ReadContract, object: SchemaObject, { pointer }: Rule) {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const start: Path = pointer.startsWith('#') ? [] : ['schema', contract.objects.findIndex(({ name }) => name === object.name)];
  return positionOf(document, [...start, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))], 'key');
}
