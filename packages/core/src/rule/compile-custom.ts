import type { JsonValue } from '../document/document.ts';
import { objectOf, textOf } from '../document/json.ts';
import { readYaml } from '../document/read-yaml.ts';
import { sodaChecks } from './soda.ts';
import { expectations } from './great-expectations.ts';
import type { Path, RuleTest, Tolerance } from './rule.ts';

/** One check of another tool, in our terms. */
export interface CustomCheck {
  readonly name: string;
  readonly test: RuleTest;
  /** The column it names; where the rule stands if absent. */
  readonly path?: Path;
  readonly where?: string;
  readonly tolerance?: Tolerance;
}

type Translate = (implementation: JsonValue, path: Path) => readonly CustomCheck[];

const engines: readonly (readonly [RegExp, Translate])[] = [
  [/^soda/, sodaChecks],
  [/^(greatexpectations?|gx|ge)$/, expectations],
];

/** The checks in a `quality` rule of the type `custom`; at least one, which names the engine where it is none that we translate. */
export function compileCustom(written: Readonly<Record<string, unknown>>, path: Path): readonly CustomCheck[] {
  const engine = String(written['engine']);
  const translate = engines.find(([name]) => name.test(engine.toLowerCase().replaceAll(/[^a-z]/g, '')))?.[1];
  const value = parsed(written['implementation']);
  if (translate === undefined || value === undefined) return [{ name: engine, test: { kind: 'custom', what: `${engine}${titleOf(value)}` } }];
  const checks = translate(value, path);
  return checks.length === 0 ? [{ name: engine, test: { kind: 'custom', what: `${engine}: no check that is known by name` } }] : checks;
}

/** An implementation is an object, or its text in the tool's YAML or JSON. */
function parsed(implementation: unknown): JsonValue | undefined {
  if (typeof implementation !== 'string') return isJson(implementation) ? implementation : undefined;
  return readYaml('implementation', implementation).document?.value;
}

/** Documents are read as JSON: whatever is an object in one holds JSON. */
function isJson(value: unknown): value is JsonValue {
  return typeof value === 'object' && value !== null;
}

/** What the check calls itself, so that people find it in their tool: a dbt test, a monitor. */
function titleOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return `: ${value.slice(0, 60)}`;
  const written = objectOf(value);
  const named = ['name', 'test', 'type', 'expectation_type', 'check'].map((key) => textOf(written[key]));
  const title = named.find((one) => one !== undefined) ?? Object.keys(written)[0];
  return title === undefined ? '' : `: ${title}`;
}
