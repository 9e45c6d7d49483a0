import { exportAvro } from './export-avro.ts';
import { exportDbt } from './export-dbt.ts';
import { exportDprod } from './export-dprod.ts';
import { exportJsonSchema } from './export-json-schema.ts';
import { exportOpenLineage } from './export-openlineage.ts';
import { exportHtml, exportMarkdown } from './export-page.ts';
import { exportSql } from './export-sql.ts';
import type { Export } from './export-subject.ts';
import type { ExportFormat } from './format-names.ts';

export const exporters: Readonly<Record<ExportFormat, Export>> = {
  odcs: ({ file, text }) => ({ files: [{ name: file, text }], left: [] }),
  dbt: exportDbt,
  avro: exportAvro,
  'json-schema': exportJsonSchema,
  sql: exportSql,
  openlineage: exportOpenLineage,
  dprod: exportDprod,
  markdown: exportMarkdown,
  html: exportHtml,
};
