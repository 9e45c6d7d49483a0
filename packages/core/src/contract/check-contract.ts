import { didYouMean } from '../document/did-you-mean.ts';
import { listOf, objectOf } from '../document/json.ts';
import { valueAt } from '../document/path-text.ts';
import type { Path, SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { columnsOf } from '../restriction/parse-restriction.ts';
import { checkKey, checkUnique, type Report, reportIn } from './check-objects.ts';
import type { Contract, Role, SchemaObject, SchemaProperty } from './contract.ts';
import { restrictedClassifications } from './parse-roles.ts';

const OPEN_CLASSIFICATIONS = ['public', 'internal', 'open', 'private'];
const SQL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the standard's schema cannot say about a contract. */
export function checkContract(document: SourceDocument, contract: Contract): readonly Finding[] {
  const report = reportIn(document);
  return [
    ...checkVersion(report, contract),
    ...checkUnique(report, contract.objects, { path: ['schema'], thing: 'object' }),
    ...contract.objects.flatMap((object, index) => checkObject(report, object, ['schema', index])),
    ...checkUnique(
      report,
      contract.roles.map(({ name }) => ({ id: name, name })),
      { path: ['roles'], thing: 'role' },
    ),
    ...(valueAt(document.value, ['roles']) === undefined
      ? []
      : contract.roles.flatMap((role, index) => checkRole(report, contract, { role, path: [...restrictionPath(document, index), 'value'] }))),
  ];
}

function checkVersion(report: Report, contract: Contract): readonly Finding[] {
  if (/^v?\d+(\.\d+)*([-+].*)?$/.test(contract.version)) return [];
  return [
    report('contract.version', ['version'], {
      severity: 'warning',
      message: `version \`${contract.version}\` has no major version, so it counts as 1`,
      hint: 'Write a semantic version, as 1.0.0.',
    }),
  ];
}

function checkObject(report: Report, object: SchemaObject, path: Path): readonly Finding[] {
  const properties = [...path, 'properties'];
  return [
    ...checkTableName(report, object, [...path, 'name']),
    ...checkUnique(report, object.properties, { path: properties, thing: 'property' }),
    ...checkKey(report, object, properties),
    ...object.properties.flatMap((property, index) => checkProperty(report, property, { object, path: [...properties, index] })),
  ];
}

function checkTableName(report: Report, object: SchemaObject, path: Path): readonly Finding[] {
  const suggestion = object.name
    .replaceAll(/\W+/g, '_')
    .replaceAll(/_{2,}/g, '_')
    .replace(/^(?=\d)/, '_');
  if (object.name.includes('__')) {
    return [
      report('contract.name', path, {
        message: `the object name \`${object.name}\` contains \`__\`, which begins a major version in SQL`,
        hint: `Write \`${suggestion}\`; \`physicalName\` can keep the other.`,
      }),
    ];
  }
  if (SQL_NAME.test(object.name)) return [];
  return [
    report('contract.name', path, {
      message: `the object name \`${object.name}\` cannot be a table's name in SQL`,
      hint: `Write \`${suggestion}\`; \`physicalName\` and \`businessName\` can keep the other.`,
    }),
  ];
}

function checkProperty(report: Report, property: SchemaProperty, place: { readonly object: SchemaObject; readonly path: Path }): readonly Finding[] {
  const inner = { ...place, path: [...place.path, 'properties'] };
  return [
    ...checkClassification(report, property, place.path),
    ...checkUnique(report, property.properties, { path: inner.path, thing: 'property' }),
    ...property.properties.flatMap((each, index) => checkProperty(report, each, { ...place, path: [...inner.path, index] })),
  ];
}

function checkClassification(report: Report, property: SchemaProperty, path: Path): readonly Finding[] {
  const classification = property.classification?.toLowerCase();
  const known = [...OPEN_CLASSIFICATIONS, ...restrictedClassifications];
  if (classification === undefined || known.includes(classification)) return [];
  const hint = didYouMean(classification, known, `Known are ${known.join(', ')}.`);
  return [
    report('contract.classification', [...path, 'classification'], {
      severity: 'info',
      message: `\`${property.name}\` is classified as \`${classification}\`, which says nothing to Hanse: the role \`plain\` shows it`,
      hint,
    }),
  ];
}

/** Columns may be named by name or id, fields of a struct as `address.city`. */
function checkRole(report: Report, contract: Contract, { role, path }: { readonly role: Role; readonly path: Path }): readonly Finding[] {
  const names = contract.objects.flatMap((object) => columnNames(object.properties, ''));
  const known = new Set(names);
  const rows = role.restriction.rows === undefined ? [] : [...new Set(columnsOf(role.restriction.rows))];
  const unknown = (column: string, part: Path) =>
    known.has(column)
      ? []
      : [
          report('contract.role-column', [...path, ...part], {
            part: 'key',
            message: `role ${role.name}: the contract has no column \`${column}\``,
            hint: didYouMean(column, names, 'Name a property of one of its objects.'),
          }),
        ];
  return [
    ...role.restriction.columns.flatMap(({ column }) => unknown(column, ['columns', column])),
    ...rows.flatMap((column) => unknown(column, ['rows'])),
    ...contract.objects.flatMap((object) => unreadable(report, { role, object, columns: rows.filter((column) => known.has(column)), path: [...path, 'rows'] })),
  ];
}

function unreadable(
  report: Report,
  place: { readonly role: Role; readonly object: SchemaObject; readonly columns: readonly string[]; readonly path: Path },
): readonly Finding[] {
  const { role, object } = place;
  const known = new Set(columnNames(object.properties, ''));
  const absent = place.columns.find((column) => !known.has(column));
  if (absent === undefined) return [];
  const message = `role ${role.name} keeps rows by \`${absent}\`, which \`${object.name}\` does not have: in this role nobody can read \`${object.name}\``;
  return [
    report('contract.role-column', place.path, { severity: 'warning', message, hint: `Add the column, or put \`${object.name}\` into a contract of its own.` }),
  ];
}

function columnNames(properties: readonly SchemaProperty[], prefix: string): readonly string[] {
  return properties.flatMap(({ id, name, properties: fields }) => {
    const own = prefix === '' && id !== name ? [id, name] : [prefix + name];
    return [...own, ...own.flatMap((each) => columnNames(fields, `${each}.`))];
  });
}

function restrictionPath(document: SourceDocument, index: number): Path {
  const custom = listOf(valueAt(document.value, ['roles', index, 'customProperties']));
  return ['roles', index, 'customProperties', custom.findIndex((item) => objectOf(item)['property'] === 'restriction')];
}
