/** Every finding's code and what it means. The reference page is generated from this table. */
export const findingCodes = {
  'document.yaml': 'The file is not well-formed YAML or JSON.',
  'document.too-large': 'The file is larger than a document may be.',
  'document.too-deep': 'The document nests deeper than a document may.',
  'document.encoding': 'The file is not UTF-8 text.',
  'document.duplicate-key': 'A mapping has the same key twice.',
  'document.alias': 'The document expands aliases beyond the limit.',
  'document.schema': "The document does not match the standard's JSON Schema.",
  'document.version': 'The document states a version of the standard that is not read.',
} as const satisfies Record<string, string>;

export type FindingCode = keyof typeof findingCodes;
