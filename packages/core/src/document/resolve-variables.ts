import type { Finding, Position } from '../finding/finding.ts';

export type Resolved = { readonly text: string; readonly finding?: undefined } | { readonly text?: undefined; readonly finding: Finding };

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * A text with its `${VAR}` and `${VAR:-default}` replaced, late: documents and the store keep them as written (ODCS v3.2.0,
 * "Variables"). An empty variable is an unset one. The finding names the variable, never a value.
 */
export function resolveVariables(text: string, lookup: (name: string) => string | undefined, at?: Position): Resolved {
  const missing = new Set<string>();
  const resolved = text.replaceAll(REFERENCE, (_, name: string, fallback: string | undefined) => {
    const value = lookup(name);
    if (value !== undefined && value !== '') return value;
    if (fallback === undefined) missing.add(name);
    return fallback ?? '';
  });
  const [first] = missing;
  if (first === undefined) return { text: resolved };
  const names = [...missing].map((name) => `\`${name}\``).join(', ');
  return {
    finding: {
      code: 'document.variable',
      severity: 'error',
      ...(at !== undefined && { at }),
      message: missing.size === 1 ? `the variable ${names} is not set` : `the variables ${names} are not set`,
      hint: `Set it in the environment of the process, or write a default: \${${first}:-...}.`,
    },
  };
}
