/** A label as the name of a domain, a product or a file: lower case letters, digits and `-`. */
export function addressName(label: string): string {
  const name = label
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/_{2,}/g, '_')
    .replaceAll(/^[^a-z]+|[-_]+$/g, '');
  return name === '' ? 'adopted' : name;
}

/** A label as the name of a table or column in SQL, where `__` begins a major version. */
export function sqlName(label: string): string {
  const name = label
    .trim()
    .replaceAll(/\W+/g, '_')
    .replaceAll(/_{2,}/g, '_')
    .replace(/^(?=\d)/, '_');
  return name === '' || name === '_' ? 'adopted' : name;
}

/** ODCS `StableId`: letters, digits, `_` and `-`. */
export function stableId(label: string): string {
  const id = label
    .trim()
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return id === '' ? 'unnamed' : id;
}
