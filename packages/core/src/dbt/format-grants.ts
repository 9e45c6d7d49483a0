import { Document } from 'yaml';
import type { DbtNode } from '../adopt/dbt/manifest.ts';
import type { Left } from '../adopt/draft.ts';
import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf, textOf } from '../document/json.ts';
import { MARK } from './test-text.ts';

/**
 * The roles of a contract as dbt's `grants` of a model: a database role of the same name may select. dbt grants whole tables, so a role that
 * sees less gets none; and it takes one description of a model, so what another file describes is told, not written.
 */
export function formatGrants(contract: JsonObject, model: DbtNode, path: string): { readonly text?: string; readonly left: readonly Left[] } {
  const roles = listOf(contract['roles']).map(objectOf);
  const whole = roles
    .filter((role) => !isRestricted(role) && (textOf(role['access']) ?? 'read').toLowerCase() === 'read')
    .flatMap(({ role }) => textOf(role) ?? []);
  const left = roles
    .map(({ role }) => String(role))
    .filter((role) => !whole.includes(role))
    .map((role) => ({ what: `role ${role}`, why: 'dbt grants whole tables to readers, and this role sees less or does more' }));
  if (whole.length === 0) return { left };
  const described = model.patch_path?.replace(/^\w+:\/\//, '');
  const grants = { grants: { select: whole } };
  if (described !== undefined && described !== path)
    return {
      left: [
        ...left,
        ...whole.map((role) => ({
          what: `role ${role}`,
          why: `${described} describes ${model.name}, and dbt takes one description of a model: write there, under its config, ${JSON.stringify(grants)
            .replaceAll('"', '')
            .replaceAll(/([:,])/g, '$1 ')}`,
        })),
      ],
    };
  const document = new Document({ version: 2, models: [{ name: model.name, config: grants }] });
  return { text: `# ${MARK}\n${document.toString({ lineWidth: 0 })}`, left };
}

function isRestricted(role: JsonObject): boolean {
  return listOf(role['customProperties'])
    .map(objectOf)
    .some(({ property }) => property === 'restriction');
}
