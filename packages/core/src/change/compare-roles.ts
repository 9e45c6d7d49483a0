import type { Contract, Role } from '../contract/contract.ts';
import { sameValue } from '../document/same-value.ts';
import { mapPredicate } from '../restriction/map-predicate.ts';
import { type Change, changeOf } from './change.ts';

/** Roles by name: what each gives, and who gives it. */
export function compareRoles(before: Contract, after: Contract): readonly Change[] {
  const gone = before.roles.filter(({ name }) => !after.roles.some((other) => other.name === name));
  const kept = after.roles.flatMap((role, index) => {
    const former = before.roles.find(({ name }) => name === role.name);
    const place = { role: role.name, path: ['roles', index] };
    return former === undefined ? [changeOf('role-added', `role ${role.name} is new`, place)] : compareRole(former, role, { before, after, place });
  });
  return [...gone.map(({ name }) => changeOf('role-removed', `role ${name} is removed`, { role: name, path: ['roles'] })), ...kept];
}

interface Compared {
  readonly before: Contract;
  readonly after: Contract;
  readonly place: Pick<Change, 'path'> & { readonly role: string };
}

function compareRole(before: Role, after: Role, { place, ...contracts }: Compared): readonly Change[] {
  const changes: Change[] = [];
  if (!sameValue([before.standing, before.approvers.toSorted()], [after.standing, after.approvers.toSorted()]))
    changes.push(changeOf('role-answered', `role ${after.name} is given by others`, place));
  const shown = columnsShown(byIds(before.restriction, contracts.before), byIds(after.restriction, contracts.after));
  if (shown === undefined)
    changes.push(
      changeOf('role-changed', `role ${after.name} restricts otherwise`, {
        ...place,
        before: JSON.stringify(before.restriction),
        after: JSON.stringify(after.restriction),
      }),
    );
  else if (shown.length > 0) changes.push(changeOf('role-widened', `role ${after.name} shows ${shown.join(', ')} too`, place));
  return changes;
}

/** A restriction by the ids of its columns, which it may name by name or id: a column with a new name is restricted as before. */
function byIds({ columns, rows }: Role['restriction'], { objects }: Contract) {
  const idsOf = (written: string): string => {
    const [first = '', ...inner] = written.split('.');
    const found = objects.flatMap(({ id, properties }) => {
      const property = properties.find(({ name }) => name === first) ?? properties.find((each) => each.id === first);
      return property === undefined ? [] : [[id, property.id, ...inner].join('.')];
    });
    return found.length === 0 ? written : found.toSorted().join(' ');
  };
  return {
    columns: columns.map(({ column, action }) => ({ column: idsOf(column), action, written: column })),
    rows: rows === undefined ? undefined : mapPredicate(rows, idsOf),
  };
}

type ByIds = ReturnType<typeof byIds>;

/** The columns that are dropped no more, where nothing else differs: whoever reads less masked values or other rows reads something else. */
function columnsShown(before: ByIds, after: ByIds): readonly string[] | undefined {
  const isIn = (restriction: ByIds) => (one: ByIds['columns'][number]) =>
    restriction.columns.some(({ column, action }) => sameValue([one.column, one.action], [column, action]));
  const shown = before.columns.filter((one) => !isIn(after)(one));
  const isWider = after.columns.every(isIn(before)) && shown.every(({ action }) => action.kind === 'drop') && sameValue(before.rows, after.rows);
  return isWider ? shown.map(({ written }) => written) : undefined;
}
