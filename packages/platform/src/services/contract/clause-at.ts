import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { pointerPath } from '@hanse/core/document/json-pointer.ts';
import { type Path, positionOf } from '@hanse/core/document/source-document.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import type { ReadContract } from './read-contract.ts';

/** Where a rule's clause stands in its file. A pointer starts at the schema object, or with `#` at the contract. */
export function clauseAt({ document, contract }: ReadContract, object: SchemaObject, { pointer }: Rule) {
  const start: Path = pointer.startsWith('#') ? [] : ['schema', contract.objects.findIndex(({ name }) => name === object.name)];
  return positionOf(document, [...start, ...pointerPath(pointer)], 'key');
}
