import { type Export, jsonText } from './export-subject.ts';

/** A product as DPROD's JSON-LD (OMG Data Product Ontology): its owner, lifecycle and ports, each with the dataset that its contract describes. */
export const exportDprod: Export = ({ contract, product, owner, file }) => {
  if (product === undefined) return { files: [], left: [{ what: file, why: 'DPROD describes products, and none in this folder serves the contract' }] };
  const id = `urn:hanse:product:${encodeURIComponent(product.id)}`;
  const ports = product.outputPorts.filter((port) => port.contractId === contract.id);
  const document = {
    '@context': 'https://ekgf.github.io/dprod/dprod.jsonld',
    '@id': id,
    '@type': 'DataProduct',
    id: product.id,
    title: product.name,
    ...(product.purpose !== undefined && { description: product.purpose }),
    domain: product.domain,
    ...(owner !== undefined && { dataProductOwner: `urn:hanse:person:${encodeURIComponent(owner)}` }),
    ...(LIFECYCLE[product.status] !== undefined && { lifecycleStatus: LIFECYCLE[product.status] }),
    outputPort: ports.map((port) => ({
      '@type': 'dcat:DataService',
      '@id': `${id}:${encodeURIComponent(port.name)}`,
      id: port.name,
      isAccessServiceOf: contract.objects.map((object) => ({
        '@type': 'dcat:Distribution',
        '@id': `${id}:${encodeURIComponent(port.name)}:${encodeURIComponent(object.name)}`,
        id: object.name,
        isDistributionOf: {
          '@type': 'dcat:Dataset',
          '@id': `urn:hanse:dataset:${encodeURIComponent(contract.id)}:${encodeURIComponent(object.id)}`,
          id: object.id,
          title: object.name,
          ...(object.description !== undefined && { 'dcterms:description': object.description }),
          'dcat:conformsTo': `urn:odcs:${encodeURIComponent(contract.id)}:${contract.version}`,
        },
      })),
    })),
  };
  return {
    files: [{ name: `${product.name}.dprod.jsonld`, text: jsonText(document) }],
    left: [{ what: `columns and rules of ${contract.name}`, why: 'DPROD leads to the contract' }],
  };
};

/** ODPS's states as the controlled list that DPROD names; it has none for the end. */
const LIFECYCLE: Readonly<Record<string, string>> = { proposed: 'Ideation', draft: 'Design', active: 'Consume', deprecated: 'Consume' };
