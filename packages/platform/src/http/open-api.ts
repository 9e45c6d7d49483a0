import { type OperationName, operations, queryInput } from '@hanse/core/api/operations.ts';
import { errorShape } from '@hanse/core/api/shapes.ts';
import { z } from 'zod';

const REFUSAL = { description: 'Refused: what happened, and what to do', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };

/** The OpenAPI 3.1 document of the HTTP interface, made from the same table that is served. */
export function openApi(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(operations) as OperationName[]) {
    const { method, path } = operations[name];
    const address = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[address] = { ...paths[address], [method.toLowerCase()]: describeOperation(name) };
  }
  paths['/api/query'] = { post: describeQuery() };
  return {
    openapi: '3.1.0',
    info: { title: 'Hanse', version, license: { name: 'Apache-2.0' } },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: z.toJSONSchema(errorShape),
      },
    },
  };
}

function describeOperation(name: OperationName): Record<string, unknown> {
  const { method, path, summary, input, output } = operations[name];
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map(([, key]) => key));
  const asParameters = Object.entries(schema.properties ?? {}).filter(([key]) => method === 'GET' || inPath.has(key));
  const parameters = asParameters.map(([key, value]) => ({
    name: key,
    in: inPath.has(key) ? 'path' : 'query',
    required: inPath.has(key) || schema.required?.includes(key) === true,
    schema: value,
  }));
  const requestBody = { required: true, content: { 'application/json': { schema } } };
  return {
    operationId: name,
    summary,
    parameters,
    ...(method === 'POST' && { requestBody }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: z.toJSONSchema(output, { unrepresentable: 'any' }) } } },
      default: REFUSAL,
    },
  };
}

function describeQuery(): Record<string, unknown> {
  return {
    operationId: 'query',
    summary: 'Answers one SELECT under the caller’s agreements; where it comes from stands in X-Hanse-Provenance',
    requestBody: { required: true, content: { 'application/json': { schema: z.toJSONSchema(queryInput, { io: 'input' }) } } },
    responses: {
      200: {
        description: 'The rows in the format asked for',
        headers: {
          'X-Hanse-Provenance': { description: 'URL-encoded JSON', schema: { type: 'string' } },
          'X-Hanse-Columns': { description: 'URL-encoded JSON: names and types; absent where they are too many for a header', schema: { type: 'string' } },
        },
        content: { 'application/json': {}, 'application/x-ndjson': {}, 'text/csv': {}, 'application/vnd.apache.parquet': {} },
      },
      default: REFUSAL,
    },
  };
}
