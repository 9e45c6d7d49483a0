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
  'access.none': 'No agreement in force opens the table to the caller.',
  'access.ambiguous': 'Several agreements open the table: the statement must name its purpose.',
  'access.purpose': 'No agreement in force has the purpose that the statement names.',
  'access.role-gone': "The agreement's role is no longer in the contract.",
  'access.operator': 'The operator runs the mesh and reads nothing: reading needs a person or a product.',
  'access.approver': 'The person may not answer this request.',
  'store.chain': 'A link of the log or of the read log does not verify.',
  'store.document': 'A stored document does not agree with the log entry that wrote it.',
  'store.forgotten': 'The body of a version was forgotten; the entry that wrote it still verifies.',
  'store.file': 'The database finds its own file damaged.',
  'restriction.column': 'A restriction names a column that the table does not have.',
  'restriction.type': "A mask or a literal of a restriction does not go with the column's type.",
  'restriction.conflict': 'A restriction acts twice on the same column, or on a column and on a part of it.',
} as const satisfies Record<string, string>;

export type FindingCode = keyof typeof findingCodes;
