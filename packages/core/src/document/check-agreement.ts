import type { Agreement } from '../agreement/agreement.ts';
import type { Finding } from '../finding/finding.ts';
import { majorOf, type Mesh } from '../mesh/mesh.ts';
import type { Product } from '../product/product.ts';
import { didYouMean } from './did-you-mean.ts';
import { objectOf } from './json.ts';
import { type Placed, reportAt, type Words } from './placed.ts';
import type { Path } from './source-document.ts';

/** What an agreement opens, to whom and in which role. */
export function checkAgreement(mesh: Mesh, placed: Placed<Agreement>): readonly Finding[] {
  const { provider, consumer, role } = placed.item;
  const product = mesh.products.get(provider.productId);
  if (product === undefined) {
    return reportAt(placed, 'mesh.agreement', ['provider'], unknownProduct(mesh, provider.productId));
  }
  const ports = product.outputPorts.filter(({ name }) => name === provider.port);
  const port = ports.find(({ version }) => majorOf(version) === provider.major);
  if (port === undefined) return reportAt(placed, 'mesh.agreement', ['provider'], missingPort(product, placed.item));
  const contract = mesh.contracts.get(`${port.contractId ?? ''}@${provider.major}`);
  const roles = contract?.roles.map(({ name }) => name) ?? [role];
  const wrongRole = roles.includes(role)
    ? []
    : reportAt(placed, 'mesh.agreement', rolePath(placed), {
        message: `the contract of ${product.domain}/${product.name}:${port.name} offers no role \`${role}\``,
        hint: didYouMean(role, roles, `It offers ${roles.join(', ')}.`),
      });
  const wrongDomain = mesh.domains.has(consumer.domain)
    ? []
    : reportAt(placed, 'mesh.domain', ['consumer'], {
        severity: 'warning',
        message: `there is no domain \`${consumer.domain}\``,
        hint: didYouMean(consumer.domain, mesh.domains.keys(), 'Write the name in its domain.yaml.'),
      });
  return [...wrongRole, ...wrongDomain, ...checkConsumer(mesh, placed)];
}

function rolePath({ source }: Placed<Agreement>): Path {
  return objectOf(source?.value)['role'] === undefined ? ['roles', 0, 'role'] : ['role'];
}

function missingPort(product: Product, { provider }: Agreement): Words {
  const place = `${product.domain}/${product.name}`;
  const majors = product.outputPorts.filter(({ name }) => name === provider.port).map(({ version }) => version);
  if (majors.length > 0)
    return { message: `${place}:${provider.port} has no version of major ${provider.major}: ${majors.join(', ')}`, hint: 'Name a version that is served.' };
  const names = product.outputPorts.map(({ name }) => name);
  return { message: `${place} has no output port \`${provider.port}\``, hint: didYouMean(provider.port, names, `It has ${names.join(', ')}.`) };
}

function unknownProduct(mesh: Mesh, id: string): Words {
  const named = [...mesh.products.values()].find(({ domain, name }) => id === name || id === `${domain}/${name}`);
  const hint = named === undefined ? didYouMean(id, mesh.products.keys(), 'Write the `id` of its ODPS document.') : `Write the product's id: \`${named.id}\`.`;
  return { severity: 'warning', message: `there is no product with the id \`${id}\``, hint };
}

function checkConsumer(mesh: Mesh, placed: Placed<Agreement>): readonly Finding[] {
  const { consumer } = placed.item;
  if (consumer.kind !== 'product') return [];
  const product = mesh.products.get(consumer.productId);
  if (product === undefined) {
    return reportAt(placed, 'mesh.agreement', ['consumer'], unknownProduct(mesh, consumer.productId));
  }
  if (product.domain === consumer.domain) return [];
  return reportAt(placed, 'mesh.agreement', ['consumer'], {
    message: `the product \`${consumer.productId}\` belongs to ${product.domain}, not to ${consumer.domain}`,
    hint: `Write ${product.domain}.`,
  });
}
