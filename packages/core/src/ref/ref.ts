/**
 * The address of a thing in the mesh.
 *
 *   finance                          a domain
 *   finance/churn                    a product
 *   finance/churn:metrics            an output port
 *   finance/churn:metrics__v2        its second major version
 *   finance/churn:metrics#amount     a column (nested: #address.city)
 *   finance/churn:metrics@2026-01-31 as of a day, a time or a log number (@1042)
 */
export interface Ref {
  readonly domain: string;
  readonly product?: string;
  readonly port?: string;
  readonly major?: number;
  readonly column?: string;
  readonly asOf?: string;
}

const NAME = '[a-z][a-z0-9_-]*';
const SHAPE = new RegExp(`^(?<domain>${NAME})(?:/(?<product>${NAME})(?::(?<port>[A-Za-z][A-Za-z0-9_-]*)(?:#(?<column>[^@#]+))?)?)?(?:@(?<asOf>[^@\\s]+))?$`);
const MAJOR = /^(?<name>.+?)__v(?<major>[1-9][0-9]*)$/;

/** Splits `metrics__v2` into its name and major version; a name without one has no major. */
export function splitMajor(name: string): { readonly name: string; readonly major?: number } {
  const groups = MAJOR.exec(name)?.groups;
  return groups?.name === undefined ? { name } : { name: groups.name, major: Number(groups.major) };
}

/** Parses a ref; undefined where the text is none. `formatRef` of the result is the text again. */
export function parseRef(text: string): Ref | undefined {
  const groups = SHAPE.exec(text)?.groups;
  if (groups?.domain === undefined) return undefined;
  const { name: port, major } = groups.port === undefined ? {} : splitMajor(groups.port);
  if (port?.includes('__')) return undefined;
  return {
    domain: groups.domain,
    ...(groups.product !== undefined && { product: groups.product }),
    ...(port !== undefined && { port }),
    ...(major !== undefined && { major }),
    ...(groups.column !== undefined && { column: groups.column }),
    ...(groups.asOf !== undefined && { asOf: groups.asOf }),
  };
}

export function formatRef(ref: Ref): string {
  const product = ref.product === undefined ? '' : `/${ref.product}`;
  const port = ref.port === undefined ? '' : `:${ref.port}${ref.major === undefined ? '' : `__v${ref.major}`}`;
  const column = ref.column === undefined ? '' : `#${ref.column}`;
  const asOf = ref.asOf === undefined ? '' : `@${ref.asOf}`;
  return `${ref.domain}${product}${port}${column}${asOf}`;
}
