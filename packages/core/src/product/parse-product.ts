import type { JsonObject, JsonValue } from '../document/document.ts';
import { listOf, objectOf, optional, textOf, textsOf } from '../document/json.ts';
import { positionOf, type Path, type SourceDocument } from '../document/source-document.ts';
import { validateStandard } from '../document/validate-standard.ts';
import { isError, type Finding } from '../finding/finding.ts';
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
  const all = [...findings, ...checkProduct(document, product)];
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
  return label.trim().toLowerCase().replaceAll(/[^a-z0-9_]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '');
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

function checkProduct(document: SourceDocument, product: Product): readonly Finding[] {
  const report = (code: Finding['code'], path: Path, words: Pick<Finding, 'message' | 'hint'> & Partial<Pick<Finding, 'severity'>>): Finding => ({ severity: 'error', ...words, code, at: positionOf(document, path) });
  const findings: Finding[] = [];
  if (product.domain === '') findings.push(report('product.domain', ['domain'], { message: 'the product names no domain', hint: 'Write `domain: <name>`, or put a domain.yaml into a folder above it.' }));
  if (product.name === '') findings.push(report('product.name', ['name'], { message: 'the product has no name that can be its address', hint: 'Write `name:` with a letter in it, as `churn`.' }));
  for (const [index, port] of product.outputPorts.entries()) {
    const path = ['outputPorts', index];
    const twin = product.outputPorts.findIndex((other) => other.name === port.name && majorText(other.version) === majorText(port.version));
    if (!PORT_NAME.test(port.name) || port.name.includes('__')) findings.push(report('product.name', [...path, 'name'], { message: `the output port name \`${port.name}\` cannot be part of an address`, hint: 'Use letters, digits, `_` and `-`, beginning with a letter and without `__`.' }));
    if (twin < index) findings.push(report('product.port', [...path, 'version'], { message: `the output port \`${port.name}\` stands twice with the major version ${majorText(port.version)}`, hint: 'Keep one: the same name is served once for each major version.' }));
    if (port.contractId === undefined) findings.push(report('product.port', path, { severity: 'warning', message: `the output port \`${port.name}\` has no contract, so nothing is served there`, hint: 'Add `contractId:` with the id of an ODCS document.' }));
  }
  for (const [index, port] of product.inputPorts.entries()) {
    if (port.contractId === '') findings.push(report('product.port', ['inputPorts', index], { message: `the input port \`${port.name}\` names no contract`, hint: 'Add `contractId:` with the id of the contract that promises what is read.' }));
  }
  return findings;
}

const PORT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

function majorText(version: string): string {
  return /^v?(\d+)/.exec(version)?.[1] ?? '1';
}
