import { readdirSync, readFileSync } from 'node:fs';
import { type Finding, formatPosition } from '../finding/finding.ts';
import { readYaml } from './read-yaml.ts';
import type { SourceDocument } from './source-document.ts';

const STANDARDS = new URL('../../../../test/fixtures/standards/', import.meta.url);

/** How often random tests run: 1 in the everyday suite, more in the full one. */
export const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);

export interface Example {
  readonly name: string;
  readonly text: string;
}

export function examplesIn(folder: string): readonly Example[] {
  const names = readdirSync(new URL(`${folder}/`, STANDARDS)).toSorted();
  return names.map((name) => ({ name, text: readFileSync(new URL(`${folder}/${name}`, STANDARDS), 'utf8') }));
}

export function readDocument(text: string, file = 'a.yaml'): SourceDocument {
  const { document, findings } = readYaml(file, text);
  if (document === undefined) throw new Error(lines(findings).join('\n'));
  return document;
}

/** Findings as a person sees them. */
export function lines(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ at, severity, code, message, hint }) => `${at === undefined ? '' : formatPosition(at)} ${severity} ${code}: ${message}. ${hint ?? ''}`);
}
