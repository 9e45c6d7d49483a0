import type { Contract } from '../contract/contract.ts';
import type { Finding } from '../finding/finding.ts';
import { majorOf, type Mesh } from '../mesh/mesh.ts';
import { mayServe, type ServedTable, tableRef } from '../mesh/served-table.ts';
import type { InputPort, Product } from '../product/product.ts';
import { didYouMean } from './did-you-mean.ts';
import { type KnownMesh, portKey } from './known-mesh.ts';
import { type Placed, reportAt, type Words } from './placed.ts';

/** A product's domain and output ports. */
export function checkProduct(mesh: Mesh, placed: Placed<Product>): readonly Finding[] {
  const product = placed.item;
  const domain = mesh.domains.has(product.domain)
    ? []
    : reportAt(placed, 'mesh.domain', ['domain'], {
        message: `there is no domain \`${product.domain}\``,
        hint: didYouMean(product.domain, mesh.domains.keys(), `Add ${product.domain}/domain.yaml with \`name: ${product.domain}\` and \`owner:\`.`),
      });
  const ports = product.outputPorts.flatMap((port, index) => {
    const path = ['outputPorts', index, 'contractId'];
    const contract = mesh.contracts.get(`${port.contractId}@${majorOf(port.version)}`);
    if (contract !== undefined && !mayServe(product, contract)) return reportAt(placed, 'mesh.contract', path, foreignContract(port.name, contract));
    if (port.contractId === undefined || contract !== undefined) return [];
    return reportAt(
      placed,
      'mesh.contract',
      path,
      missingContract(mesh, { name: `output port \`${port.name}\``, contractId: port.contractId, version: port.version }),
    );
  });
  return [...domain, ...ports];
}

function foreignContract(port: string, { id, domain = '' }: Contract): Words {
  return {
    message: `output port \`${port}\` names the contract \`${id}\`, which belongs to ${domain}`,
    hint: 'Give the port a contract of its own domain, with an id of its own.',
  };
}

function missingContract(mesh: Mesh, port: { readonly name: string; readonly contractId: string; readonly version: string }): Words {
  if (mesh.contracts.has(`${port.contractId}@${majorOf(port.version)}`)) {
    return {
      message: `${port.name} reads the contract \`${port.contractId}\` ${port.version}, which no output port serves`,
      hint: 'Read what is served, or let a product serve it.',
    };
  }
  const versions = [...mesh.contracts.values()].filter(({ id }) => id === port.contractId).map(({ version }) => version);
  if (versions.length > 0) {
    return {
      message: `${port.name} has version ${port.version}, and the contract \`${port.contractId}\` has no version with that major: ${versions.join(', ')}`,
      hint: `Write a version of major ${versions.map(majorOf).join(' or ')}, or add the contract of the other major.`,
    };
  }
  const ids = [...mesh.contracts.values()].map(({ id }) => id);
  return {
    message: `${port.name} names the contract \`${port.contractId}\`, which is not there`,
    hint: didYouMean(port.contractId, ids, 'Add the ODCS document that has this id, as a file *.odcs.yaml.'),
  };
}

/** A product reads its own domain as an owner does; everything else under an agreement. */
export function checkInputs({ mesh, byContract, grants }: KnownMesh, placed: Placed<Product>): readonly Finding[] {
  return placed.item.inputPorts.flatMap((input, index) => {
    const path = ['inputPorts', index];
    const served = byContract.get(`${input.contractId}@${majorOf(input.version)}`) ?? [];
    const [table] = served;
    if (table === undefined) {
      const words = missingContract(mesh, { name: `input port \`${input.name}\``, contractId: input.contractId, version: input.version });
      return reportAt(placed, 'mesh.contract', [...path, 'contractId'], { ...words, severity: 'warning' });
    }
    if (served.some(({ domain }) => domain === placed.item.domain) || served.some((each) => isGranted(grants, each, placed.item))) return [];
    return reportAt(placed, 'mesh.input', path, notGranted(placed.item, input, table));
  });
}

function isGranted(grants: KnownMesh['grants'], table: ServedTable, product: Product): boolean {
  return (grants.get(portKey(table.product.id, table.port.name, table.major)) ?? []).some(({ consumer }) =>
    consumer.kind === 'product' ? consumer.productId === product.id : consumer.kind === 'domain' && consumer.domain === product.domain,
  );
}

function notGranted(product: Product, input: InputPort, table: ServedTable): Words {
  const roles = table.contract.roles.map(({ name }) => name).join(', ');
  return {
    severity: 'warning',
    ref: `${product.domain}/${product.name}`,
    message: `input port \`${input.name}\` reads ${tableRef(table)}, and no active agreement opens it to ${product.domain}/${product.name}`,
    hint: `Request one of its roles (${roles}): hanse access request ${tableRef(table)} --for ${product.domain}/${product.name} --role <role> --purpose <why> --until <date>.`,
  };
}
