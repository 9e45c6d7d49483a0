import type { Contract, Role } from '../contract/contract.ts';
import { sameValue } from '../document/same-value.ts';
import { type Change, changeOf } from './change.ts';

/** Roles by name: what each gives, and who gives it. */
export function compareRoles(before: Contract, after: Contract): readonly Change[] {
  const gone = before.roles.filter(({ name }) => !after.roles.some((other) => other.name === name));
  const kept = after.roles.flatMap((role, index) => {
    const former = before.roles.find(({ name }) => name === role.name);
    const place = { role: role.name, path: ['roles', index] };
    return former === undefined ? [changeOf('role-added', `role ${role.name} is new`, place)] : compareRole(former, role, place);
  });
  return [...gone.map(({ name }) => changeOf('role-removed', `role ${name} is removed`, { role: name, path: ['roles'] })), ...kept];
}

function compareRole(before: Role, after: Role, place: Pick<Change, 'path'> & { readonly role: string }): readonly Change[] {
  const changes: Change[] = [];
  if (!sameValue([before.standing, before.approvers.toSorted()], [after.standing, after.approvers.toSorted()]))
    changes.push(changeOf('role-answered', `role ${after.name} is given by others`, place));
  const shown = columnsShown(before.restriction, after.restriction);
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

/** The columns that are dropped no more, where nothing else differs: whoever reads less masked values or other rows reads something else. */
function columnsShown(before: Role['restriction'], after: Role['restriction']): readonly string[] | undefined {
  const isIn = (restriction: Role['restriction']) => (one: Role['restriction']['columns'][number]) =>
    restriction.columns.some((other) => sameValue(one, other));
  const shown = before.columns.filter((one) => !isIn(after)(one));
  const isWider = after.columns.every(isIn(before)) && shown.every(({ action }) => action.kind === 'drop') && sameValue(before.rows, after.rows);
  return isWider ? shown.map(({ column }) => column) : undefined;
}
