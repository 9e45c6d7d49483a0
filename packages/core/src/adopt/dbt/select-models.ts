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

/** dbt's node selection: words are alternatives, a comma means both; names, `tag:`, `path:`, `group:` and `access:`, with `*`. */
function isSelected(model: DbtNode, select: string): boolean {
  return select
    .trim()
    .split(/\s+/)
    .some((union) => union.split(',').every((one) => matches(model, one)));
}

function matches(model: DbtNode, one: string): boolean {
  const [, method = 'name', value = ''] = /^(?:(\w+):)?(.*)$/.exec(one) ?? [];
  switch (method) {
    case 'tag':
      return [...(model.tags ?? []), ...(model.config?.tags ?? [])].some((tag) => like(tag, value));
    case 'group':
      return like(model.group ?? model.config?.group ?? '', value);
    case 'access':
      return like(accessOf(model) ?? '', value);
    case 'path':
      return like(model.original_file_path, value) || like(model.original_file_path, `${value.replace(/\/$/, '')}/*`);
    case 'name':
    case 'fqn':
      return like(model.name, value) || like((model.fqn ?? []).join('.'), value) || like(`${model.name}.v${model.version ?? ''}`, value);
    default:
      return false;
  }
}

function like(text: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(text);
}
