import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { objectOf, textOf } from '@hanse/core/document/json.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { majorOf } from '@hanse/core/mesh/mesh.ts';
import { splitMajor } from '@hanse/core/ref/ref.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { otherTables } from '@hanse/core/rule/plan-relationship.ts';
import { UserError } from '../../error.ts';
import { chooseServer } from './choose-server.ts';
import type { Whereabouts } from './locate-data.ts';
import { readContract, type ReadContract } from './read-contract.ts';
import type { ContractTest } from './test-contract.ts';

/** A table of another contract that rules of the tested one refer to. */
export interface Neighbour {
  /** As the rules name it. */
  readonly relation: string;
  readonly object: SchemaObject;
  readonly major: number;
  readonly where: Whereabouts;
}

/** The tables of other contracts that a contract's relationships lead to, found in the files of the mesh around it. */
export async function findNeighbours({ contract }: ReadContract, test: ContractTest): Promise<readonly Neighbour[]> {
  const own = new Set(contract.objects.map(({ name }) => name));
  const wanted = otherTables(contract.objects.flatMap((object) => compileRules(object, contract))).filter((relation) => !own.has(relation));
  const found = await Promise.all(wanted.map(async (relation) => findNeighbour(relation, test)));
  return found.filter((one) => one !== undefined);
}

async function findNeighbour(relation: string, test: ContractTest): Promise<Neighbour | undefined> {
  const [file = '', id] = relation.split('#');
  if (id !== undefined) return neighbourIn(join(dirname(resolve(test.file)), file), (object) => object.id === id || object.name === id, { relation, test });
  const [domain = '', table = ''] = relation.split('.');
  const { name, major } = splitMajor(table);
  const candidates: Neighbour[] = [];
  for (const path of await contractsOf(domain, resolve(test.file))) {
    if (!(await readFile(path, 'utf8')).includes(name)) continue;
    const neighbour = await neighbourIn(path, (object) => object.name === name, { relation, test });
    if (neighbour !== undefined && (major === undefined || neighbour.major === major)) candidates.push(neighbour);
  }
  return candidates.toSorted((a, b) => b.major - a.major)[0];
}

interface Sought {
  readonly relation: string;
  readonly test: ContractTest;
}

/** A file that is no contract, or names no place, has none. */
async function neighbourIn(file: string, isIt: (object: SchemaObject) => boolean, { relation, test }: Sought): Promise<Neighbour | undefined> {
  try {
    const { contract, servers } = await readContract(file);
    const object = contract.objects.find(isIt);
    if (object === undefined) return undefined;
    return {
      relation,
      object,
      major: majorOf(contract.version),
      where: { server: chooseServer(servers, file, test), folder: dirname(file), file, variable: test.variable },
    };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The contracts in a domain's folder: the one that the file lies in, or one beside it. */
async function contractsOf(domain: string, file: string): Promise<readonly string[]> {
  const home = domainFolderOf(dirname(file));
  if (home === undefined) return [];
  const folders = [home, ...(await Array.fromAsync(glob(join(dirname(home), '*/domain.yaml')))).map((path) => dirname(path))];
  const named: string[] = [];
  for (const folder of new Set(folders)) {
    const { document } = readYaml('domain.yaml', await readFile(join(folder, 'domain.yaml'), 'utf8'));
    if (textOf(objectOf(document?.value)['name']) === domain) named.push(folder);
  }
  const [first] = named;
  return first === undefined ? [] : Array.fromAsync(glob(join(first, '**/*.odcs.{yaml,yml,json}')));
}

function domainFolderOf(folder: string): string | undefined {
  if (existsSync(join(folder, 'domain.yaml'))) return folder;
  return dirname(folder) === folder ? undefined : domainFolderOf(dirname(folder));
}
