/** The forms in which a contract is written for other tools. */
export const exportFormats = ['odcs', 'dbt', 'avro', 'json-schema', 'sql', 'openlineage', 'dprod', 'markdown', 'html'] as const;
export type ExportFormat = (typeof exportFormats)[number];
