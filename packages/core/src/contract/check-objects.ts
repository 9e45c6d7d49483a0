import { positionOf, type Path, type SourceDocument } from '../document/source-document.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding, Severity } from '../finding/finding.ts';
import type { SchemaObject } from './contract.ts';

interface Words {
  readonly message: string;
  readonly hint: string;
  readonly severity?: Severity;
  readonly part?: 'key';
}

export type Report = (code: FindingCode, path: Path, words: Words) => Finding;

/** Findings at places of a document. */
export function reportIn(document: SourceDocument): Report {
  return (code, path, { message, hint, severity = 'error', part }) => ({ code, severity, at: positionOf(document, path, part), message, hint });
}

/** What makes columns or keys of a contract's objects ambiguous. */
export function checkObjects(report: Report, objects: readonly SchemaObject[]): readonly Finding[] {
  return [
    ...checkUnique(report, objects, { path: ['schema'], thing: 'object' }),
    ...objects.flatMap((object, index) => {
      const path = ['schema', index, 'properties'];
      return [...checkUnique(report, object.properties, { path, thing: 'property' }), ...checkKey(report, object, path)];
    }),
  ];
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** SQL does not tell upper from lower case in names, so they must differ in more. */
export function checkUnique(
  report: Report,
  items: readonly Named[],
  list: { readonly path: Path; readonly thing: 'object' | 'property' | 'role' },
): readonly Finding[] {
  const names = new Set<string>();
  const ids = new Set<string>();
  return items.flatMap(({ id, name }, index) => {
    const path = [...list.path, index];
    const sameName = names.size === names.add(name.toLowerCase()).size;
    const sameId = ids.size === ids.add(id).size;
    if (sameName) {
      const message = `there are two ${list.thing === 'property' ? 'properties' : `${list.thing}s`} named \`${name}\``;
      return [
        report('contract.duplicate', [...path, list.thing === 'role' ? 'role' : 'name'], {
          message,
          hint: 'Rename one; upper and lower case do not tell them apart in SQL.',
        }),
      ];
    }
    if (!sameId) return [];
    return [
      report('contract.duplicate', [...path, 'id'], {
        message: `\`${name}\` has the id \`${id}\`, as another ${list.thing} does`,
        hint: 'Give it an id of its own: roles and history follow the id.',
      }),
    ];
  });
}

/** Two columns cannot stand at one position of a key. */
export function checkKey(report: Report, object: SchemaObject, path: Path): readonly Finding[] {
  const positions = object.properties.map((property) => property.primaryKeyPosition);
  return positions.flatMap((position, index) => {
    const first = positions.indexOf(position);
    if (position === undefined || first === index) return [];
    const message = `\`${object.properties[index]?.name ?? ''}\` and \`${object.properties[first]?.name ?? ''}\` both are at position ${position} of the primary key of \`${object.name}\``;
    return [report('contract.primary-key', [...path, index, 'primaryKeyPosition'], { message, hint: 'Number the key columns 1, 2, 3.' })];
  });
}
