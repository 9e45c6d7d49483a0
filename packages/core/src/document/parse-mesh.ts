import { z } from 'zod';
import type { Finding } from '../finding/finding.ts';
import { checkShape } from './check-shape.ts';
import { optional } from './json.ts';
import type { MeshFile } from './mesh-file.ts';
import type { SourceDocument } from './source-document.ts';

const text = z.string().min(1);
const texts = z.array(text).default([]);
const storage = z.strictObject({ folder: text.optional(), database: text.optional() }).optional();
const url = z
  .string()
  .regex(/^https?:\/\/|^\$\{/, 'a URL as https://mesh.example.com')
  .optional();
const environmentName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and `-`, beginning with a letter');
const address = z.string().regex(/^(\[[0-9a-f:]+\]|[^\s:]+):(\d{1,5}|\$\{.+\})$/i, 'an address as 127.0.0.1:4433');
const listen = z.strictObject({ http: address.optional(), postgres: address.optional() }).optional();
const shape = z.strictObject({
  mesh: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, 'lower case letters, digits, `_` and `-`, beginning with a letter')
    .optional(),
  repository: text.optional(),
  consumers: z.enum(['here', 'elsewhere']).optional(),
  environments: z
    .record(environmentName, z.strictObject({ storage, listen, url, samples: z.boolean().optional(), variables: z.record(text, z.string()).optional() }))
    .optional(),
  storage,
  listen,
  openlineage: z.strictObject({ to: text }).optional(),
  sources: z.record(text, z.strictObject({ folders: texts, databases: texts, variables: texts })).optional(),
  places: z.record(text, z.strictObject({ postgres: text, schemas: z.record(text, z.array(text)), logins: z.record(text, text).default({}) })).optional(),
  limits: z.record(text, z.union([z.string(), z.number()])).optional(),
});

/** `hanse.yaml` as a value; texts keep their `${VAR}`. */
export function parseMesh(document: SourceDocument): { readonly mesh?: MeshFile; readonly findings: readonly Finding[] } {
  const { value, findings } = checkShape(document, shape);
  if (value === undefined) return { findings };
  const environments = Object.entries(value.environments ?? {}).map(
    ([name, each]) => [name, { ...places(each), ...optional('samples', each.samples), variables: each.variables ?? {} }] as const,
  );
  const mesh: MeshFile = {
    ...optional('mesh', value.mesh),
    ...optional('repository', value.repository),
    ...optional('consumers', value.consumers),
    ...places(value),
    ...optional('openlineage', value.openlineage),
    environments: Object.fromEntries(environments),
    sources: value.sources ?? {},
    places: value.places ?? {},
    limits: value.limits ?? {},
  };
  return { mesh, findings };
}

interface WrittenPlaces {
  readonly storage?: z.infer<typeof storage>;
  readonly listen?: z.infer<typeof listen>;
  readonly url?: string | undefined;
}

function places(value: WrittenPlaces): Pick<MeshFile, 'storage' | 'listen' | 'url'> {
  const { storage: kept, listen: heard } = value;
  return {
    ...(kept !== undefined && { storage: { ...optional('folder', kept.folder), ...optional('database', kept.database) } }),
    ...(heard !== undefined && { listen: { ...optional('http', heard.http), ...optional('postgres', heard.postgres) } }),
    ...optional('url', value.url),
  };
}
