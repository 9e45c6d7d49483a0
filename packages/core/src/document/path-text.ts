import type { JsonValue } from './document.ts';
import { pointerSteps } from './json-pointer.ts';
import { isObject } from './json.ts';
import type { Path } from './source-document.ts';

/** A path as people say it, with the names of list items where they have one: `schema.flights.properties.origin`. */
export function pathText(value: JsonValue, path: Path): string {
  let text = '';
  let node: JsonValue | undefined = value;
  for (const step of path) {
    node = stepInto(node, step);
    const label = typeof step === 'number' ? (labelOf(node) ?? step) : step;
    text += text === '' ? label : typeof label === 'number' ? `[${label}]` : `.${label}`;
  }
  return text;
}

export function valueAt(value: JsonValue, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(stepInto, value);
}

function stepInto(node: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (Array.isArray(node)) return node[Number(step)];
  return isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined;
}

const LABELS = ['name', 'username', 'role', 'property', 'server', 'channel'];

function labelOf(node: JsonValue | undefined): string | undefined {
  if (!isObject(node)) return undefined;
  return LABELS.map((key) => node[key])
    .find((label) => typeof label === 'string' && /^[\w -]{1,60}$/.test(label))
    ?.toString();
}

/** A JSON pointer (RFC 6901) as a path; steps into lists are numbers. */
export function parsePointer(value: JsonValue, pointer: string): Path {
  let node: JsonValue | undefined = value;
  return pointerSteps(pointer).map((key) => {
    const step = Array.isArray(node) ? Number(key) : key;
    node = stepInto(node, step);
    return step;
  });
}
