import { type FunctionGroup, type FunctionKind, namesOf } from './function-group.ts';
import { functionGroups } from './functions.ts';
import type { Refusal } from './verdict.ts';

const groups: ReadonlyMap<string, FunctionGroup> = new Map(functionGroups.flatMap((group) => namesOf(group).map((name) => [keyOf(group.kind, name), group])));

const defaultHint = 'Functions that compute from the values of the tables you name are allowed.';

/** Why a function is refused; undefined where it is allowed. Default is to refuse. */
export function refuseFunction(kind: FunctionKind, name: string): Omit<Refusal, 'kind' | 'at'> | undefined {
  const group = groups.get(keyOf(kind, name));
  if (group?.decision === 'allow') return undefined;
  const label = kind === 'table' ? 'Table function' : 'Function';
  const found = group ?? groups.get(keyOf(kind === 'table' ? 'scalar' : 'table', name));
  if (found === undefined) {
    const hint = 'Check its name; functions of extensions and macros of your own do not exist here.';
    return { code: 'denied', what: `${label} ${name} is not known here`, hint };
  }
  if (found.decision === 'allow') {
    const place = kind === 'table' ? 'after FROM' : 'in an expression';
    return { code: 'statement', what: `${label} ${name} cannot stand ${place}`, hint: defaultHint };
  }
  return { code: 'denied', what: `${label} ${name} is not allowed: it ${found.reason}`, hint: found.instead ?? defaultHint };
}

function keyOf(kind: FunctionKind, name: string): string {
  return `${kind} ${name.toLowerCase()}`;
}
