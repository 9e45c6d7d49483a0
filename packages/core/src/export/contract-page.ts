import type { Contract, Role, SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { formatPath } from '../rule/rule.ts';
import { isUnrestricted } from '../restriction/restriction.ts';
import { isColumn } from '../table/contract-columns.ts';
import type { ExportSubject } from './export-subject.ts';
import { writtenType } from './written-type.ts';

/** A page as its parts, for Markdown and HTML alike. Texts are plain: whoever writes them escapes. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A contract as a person reads it: what it is, each table with its columns and rules, roles and service levels. */
export function contractPage({ contract, product, owner }: ExportSubject): readonly Block[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Product', product === undefined ? undefined : `${product.domain}/${product.name}`],
    ['Owner', owner],
    ['Contract', `${contract.id}, version ${contract.version}, ${contract.status}`],
    ['Data', contract.servers?.map(({ name, type }) => `${name} (${type})`).join(', ')],
  ];
  return [
    { kind: 'heading', level: 1, text: contract.name },
    ...[product?.purpose, contract.description].flatMap((text): Block[] => (text === undefined ? [] : [{ kind: 'paragraph', text }])),
    { kind: 'table', head: ['', ''], rows: facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])) },
    ...contract.objects.flatMap((object) => objectBlocks(contract, object)),
    ...section(
      'Roles',
      ['Role', 'Shows'],
      contract.roles.map((role) => [role.name, role.description ?? shownBy(role)]),
    ),
    ...section(
      'Service levels',
      ['Promise', 'Value'],
      contract.sla.map(({ property, value, unit, element }) => [
        property,
        [value, unit, element && `of ${element}`].filter((part) => part !== undefined && part !== '').join(' '),
      ]),
    ),
  ];
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly Block[] {
  return rows.length === 0
    ? []
    : [
        { kind: 'heading', level: 2, text: title },
        { kind: 'table', head, rows },
      ];
}

function objectBlocks(contract: Contract, object: SchemaObject): readonly Block[] {
  const rules = compileRules(object, contract).filter(({ test }) => test.kind !== 'schema');
  return [
    { kind: 'heading', level: 2, text: object.name },
    ...(object.description === undefined ? [] : [{ kind: 'paragraph', text: object.description } as const]),
    { kind: 'table', head: ['Column', 'Type', '', 'Meaning'], rows: columnRows(object.properties, '') },
    ...(rules.length === 0
      ? []
      : [
          { kind: 'heading', level: 3, text: 'Rules' } as const,
          { kind: 'list', items: rules.map((rule) => `${formatPath(rule.path)} ${rule.expectation}`.trim()) } as const,
        ]),
  ];
}

function columnRows(properties: readonly SchemaProperty[], prefix: string): readonly (readonly string[])[] {
  return properties.flatMap((property) => {
    const name = prefix + property.name;
    const marks = [
      property.primaryKeyPosition === undefined ? '' : 'key',
      property.required ? 'required' : '',
      property.unique ? 'unique' : '',
      property.classification ?? '',
      isColumn(property) ? '' : (property.calculated ?? ''),
    ];
    const inner = [...property.properties, ...(property.items?.properties ?? [])];
    const row = [name, writtenType(property), marks.filter((mark) => mark !== '').join(', '), property.description ?? ''];
    return [row, ...columnRows(inner, `${name}.`)];
  });
}

function shownBy({ restriction }: Role): string {
  if (isUnrestricted(restriction)) return 'everything';
  const columns = restriction.columns.map(({ column, action }) => `${column}: ${action.kind}`);
  return [...columns, ...(restriction.rows === undefined ? [] : ['some rows'])].join(', ');
}
