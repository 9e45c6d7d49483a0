import { isLike } from '../is-like.ts';
import type { DbtNode, Manifest } from './manifest.ts';

export interface Selection {
  readonly models: readonly DbtNode[];
  /** Why these, in words. */
  readonly why: string;
}

/** The models to draft: public ones, else those that exposures or other projects read, else what `select` names; never all. */
export function selectModels(manifest: Manifest, select: string | undefined): Selection {
  const models = ownModels(manifest);
  if (select !== undefined) return { models: models.filter((model) => isSelected(model, select)), why: `selected by \`${select}\`` };
  const open = models.filter((model) => accessOf(model) === 'public');
  if (open.length > 0) return { models: open, why: 'public models' };
  const read = readElsewhere(manifest);
  return { models: models.filter(({ unique_id: id }) => read.has(id)), why: 'models that exposures or other projects read' };
}

export function ownModels({ nodes, metadata }: Manifest): readonly DbtNode[] {
  const project = metadata.project_name;
  return Object.values(nodes).filter((node) => node.resource_type === 'model' && (project === undefined || project === null || node.package_name === project));
}

function accessOf(model: DbtNode): string | undefined {
  return model.access ?? model.config?.access ?? undefined;
}

function readElsewhere({ nodes, exposures }: Manifest): ReadonlySet<string> {
  const ofExposures = Object.values(exposures ?? {}).flatMap(({ depends_on }) => depends_on?.nodes ?? []);
  const ofOthers = Object.values(nodes).flatMap((node) =>
    (node.depends_on?.nodes ?? []).filter((id) => nodes[id] !== undefined && nodes[id].package_name !== node.package_name),
  );
  return new Set([...ofExposures, ...ofOthers]);
}

type Method = (model: DbtNode, value: string) => boolean;

/** dbt's methods of selection that speak of one model alone. */
const methods: Readonly<Record<string, Method>> = {
  tag: (model, value) => [...(model.tags ?? []), ...(model.config?.tags ?? [])].some((tag) => isLike(tag, value)),
  group: (model, value) => isLike(model.group ?? model.config?.group ?? '', value),
  access: (model, value) => isLike(accessOf(model) ?? 'protected', value),
  path: (model, value) => isLike(model.original_file_path, value) || isLike(model.original_file_path, `${value.replace(/\/$/, '')}/*`),
  file: (model, value) => [model.original_file_path, stem(model.original_file_path)].some((path) => isLike(path.split('/').at(-1) ?? '', value)),
  package: (model, value) => isLike(model.package_name, value) || value === 'this',
  version: (model, value) => isVersion(model, value),
  'config.materialized': (model, value) => isLike(model.config?.materialized ?? '', value),
  name: isNamed,
  fqn: isNamed,
  resource_type: (_, value) => value === 'model',
};

/** dbt's selection: words are alternatives, a comma means both, `*` anything. */
function isSelected(model: DbtNode, select: string): boolean {
  return criteriaOf(select).some((union) => union.every(({ method, value }) => methods[method]?.(model, value) === true));
}

interface Criterion {
  readonly method: string;
  readonly value: string;
}

function criteriaOf(select: string): readonly (readonly Criterion[])[] {
  return select
    .trim()
    .split(/\s+/)
    .map((union) => union.split(',').map(criterionOf));
}

/** What has no method is a path where it has a slash, a file where it ends as one, else a name. */
function criterionOf(one: string): Criterion {
  const [, method, value = ''] = /^(?:([a-z_.]+):)?(.*)$/.exec(one) ?? [];
  if (method !== undefined) return { method, value };
  return { method: value.includes('/') ? 'path' : /\.(sql|py)$/.test(value) ? 'file' : 'name', value };
}

/** What of a selection is not understood, in words: it would select something else than dbt does. */
export function whyNotSelect(select: string): string | undefined {
  const all = criteriaOf(select).flat();
  const graph = all.find(({ method, value }) => /^(@|\d*\+)|\+\d*$/.test(value) || /^(@|\d*\+)/.test(method));
  if (graph !== undefined || /(^|[\s,])(@|\d*\+)/.test(select)) return 'graph operators (`+`, `@`) are not followed';
  const other = all.find(({ method }) => !Object.hasOwn(methods, method));
  return other === undefined ? undefined : `the method \`${other.method}:\` is not known; known are ${Object.keys(methods).join(', ')}`;
}

function isNamed(model: DbtNode, value: string): boolean {
  const fqn = (model.fqn ?? []).join('.');
  const version = model.version ?? '';
  const names = [model.name, ...(version === '' ? [] : [`${model.name}.v${version}`, `${model.name}_v${version}`]), fqn, fqn.replace(/^[^.]*\./, '')];
  return names.some((name) => isLike(name, value)) || [fqn, fqn.replace(/^[^.]*\./, '')].some((name) => name.startsWith(`${value}.`));
}

function isVersion(model: DbtNode, value: string): boolean {
  const [version, latest] = [model.version ?? undefined, model.latest_version ?? undefined];
  if (value === 'none') return version === undefined;
  if (version === undefined || latest === undefined) return false;
  if (value === 'latest') return String(version) === String(latest);
  return value === 'old' ? Number(version) < Number(latest) : value === 'prerelease' && Number(version) > Number(latest);
}

function stem(path: string): string {
  return path.replace(/\.\w+$/, '');
}
