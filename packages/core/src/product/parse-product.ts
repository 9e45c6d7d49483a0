import { boundFindings } from '../document/bound-findings.ts';
import type { JsonObject, JsonValue } from '../document/document.ts';
import { listOf, objectOf, optional, textOf, textsOf } from '../document/json.ts';
import { positionOf, type Path, type SourceDocument } from '../document/source-document.ts';
import { validateStandard } from '../document/validate-standard.ts';
import { isError, type Finding, type Severity } from '../finding/finding.ts';
import { majorOf } from '../mesh/mesh.ts';
import type { InputPort, OutputPort, Product, TeamMember } from './product.ts';

export interface ParsedProduct {
  readonly product?: Product;
  readonly findings: readonly Finding[];
}

/** An ODPS document as a product; `domain` is that of the folder, for a document that names none. */
export function parseProduct(document: SourceDocument, domain?: string): ParsedProduct {
  const findings = validateStandard(document, 'ODPS');
  if (findings.some(isError)) return { findings };
  const product = convert(objectOf(document.value), domain);
  const all = boundFindings([...findings, ...checkProduct(document, product)]);
  return all.some(isError) ? { findings: all } : { product, findings: all };
}

function convert(written: JsonObject, domain: string | undefined): Product {
  const id = textOf(written['id']) ?? '';
  const deprecated = written['deprecated'] === true;
  const version = textOf(written['version']);
  const team = Array.isArray(written['team']) ? written['team'] : objectOf(written['team'])['members'];
  return {
    id,
    domain: addressOf(textOf(written['domain']) ?? domain ?? ''),
    name: addressOf(textOf(written['name']) ?? id),
    ...optional('version', version),
    status: textOf(written['status']) ?? 'active',
    ...optional('purpose', textOf(objectOf(written['description'])['purpose'])),
    inputPorts: listOf(written['inputPorts']).map(inputPort),
    outputPorts: listOf(written['outputPorts']).map((port) => outputPort(objectOf(port), { deprecated, version: version ?? '1.0.0' })),
    team: listOf(team).map(teamMember),
    tags: textsOf(written['tags']),
  };
}

/** A label as the part of an address: `Customer Data Product` is `customer-data-product`. */
function addressOf(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
}

function inputPort(value: JsonValue): InputPort {
  const written = objectOf(value);
  return { name: textOf(written['name'])?.trim() ?? '', version: textOf(written['version']) ?? '1.0.0', contractId: textOf(written['contractId']) ?? '' };
}

function outputPort(written: JsonObject, product: { readonly deprecated: boolean; readonly version: string }): OutputPort {
  return {
    name: textOf(written['name'])?.trim() ?? '',
    version: textOf(written['version']) ?? product.version,
    ...optional('contractId', textOf(written['contractId'])),
    ...optional('description', textOf(written['description'])),
    deprecated: product.deprecated || written['deprecated'] === true,
  };
}

function teamMember(value: JsonValue): TeamMember {
  const written = objectOf(value);
  return { username: textOf(written['username']) ?? '', ...optional('role', textOf(written['role'])) };
}

type Report = (code: Finding['code'], path: Path, words: { readonly message: string; readonly hint: string; readonly severity?: Severity }) => Finding;

function checkProduct(document: SourceDocument, product: Product): readonly Finding[] {
  const report: Report = (code, path, { severity = 'error', ...words }) => ({ code, severity, at: positionOf(document, path), ...words });
  const domain =
    product.domain === ''
      ? [
          report('product.domain', ['domain'], {
            message: 'the product names no domain',
            hint: 'Write `domain: <name>`, or put a domain.yaml into a folder above it.',
          }),
        ]
      : [];
  const name =
    product.name === ''
      ? [
          report('product.name', ['name'], {
            message: 'the product has no name that can be its address',
            hint: 'Write `name:` with a letter in it, as `churn`.',
          }),
        ]
      : [];
  const inputs = product.inputPorts.flatMap((port, index) =>
    port.contractId === ''
      ? [
          report('product.port', ['inputPorts', index], {
            message: `the input port \`${port.name}\` names no contract`,
            hint: 'Add `contractId:` with the id of the contract that promises what is read.',
          }),
        ]
      : [],
  );
  return [...domain, ...name, ...inputs, ...checkOutputs(report, product)];
}

function checkOutputs(report: Report, product: Product): readonly Finding[] {
  const served = new Set<string>();
  return product.outputPorts.flatMap((port, index) => {
    const path = ['outputPorts', index];
    const major = majorOf(port.version);
    const isTwin = served.size === served.add(`${port.name} ${major}`).size;
    const isNamed = PORT_NAME.test(port.name) && !port.name.includes('__');
    return [
      ...(isNamed
        ? []
        : [
            report('product.name', [...path, 'name'], {
              message: `the output port name \`${port.name}\` cannot be part of an address`,
              hint: 'Use letters, digits, `_` and `-`, beginning with a letter and without `__`.',
            }),
          ]),
      ...(isTwin
        ? [
            report('product.port', [...path, 'version'], {
              message: `the output port \`${port.name}\` stands twice with the major version ${major}`,
              hint: 'Keep one: the same name is served once for each major version.',
            }),
          ]
        : []),
      ...(port.contractId === undefined
        ? [
            report('product.port', path, {
              severity: 'warning',
              message: `the output port \`${port.name}\` has no contract, so nothing is served there`,
              hint: 'Add `contractId:` with the id of an ODCS document.',
            }),
          ]
        : []),
    ];
  });
}

const PORT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
