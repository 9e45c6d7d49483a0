import type { Contract } from '../../contract/contract.ts';
import { optional } from '../../document/json.ts';
import { addressName } from '../adopted-name.ts';
import type { Draft } from '../draft.ts';

/** A product around a contract that is there: its text is taken whole, with its order and its comments. */
export function draftOdcs(
  contract: Contract,
  { path, text, domain, label }: { readonly path: string; readonly text: string; readonly domain?: string; readonly label: string },
): Draft {
  const { id, version, description } = contract;
  // A contract without a name goes by its id, which is often no word.
  const name = contract.name === id ? label : contract.name;
  return {
    origin: `the contract ${path} (ODCS ${contract.apiVersion})`,
    domain: domain ?? addressName(contract.domain ?? name),
    products: [
      {
        name: addressName(name),
        ...optional('description', description),
        tags: [],
        contracts: [{ name, id, version, ...optional('description', description), servers: [], tables: [], text }],
      },
    ],
    left: [],
    notes: [],
  };
}
