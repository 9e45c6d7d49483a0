import { majorOf } from '../mesh/mesh.ts';
import type { OutputPort, Product } from '../product/product.ts';
import { type Change, changeOf } from './change.ts';

/** Output ports, by name and major: what is served, and how long. What a port promises is compared with its contract. */
export function compareProducts(before: Product, after: Product): readonly Change[] {
  const known = new Map(before.outputPorts.map((port) => [portKey(port), port]));
  const left = new Set(after.outputPorts.map(portKey));
  const gone = before.outputPorts.filter((port) => !left.has(portKey(port)));
  const kept = after.outputPorts.flatMap((port, index) => comparePort(known.get(portKey(port)), port, index));
  return [...gone.map((port) => changeOf('port-removed', `port ${portKey(port)} is removed`, { path: ['outputPorts'] })), ...kept];
}

function comparePort(before: OutputPort | undefined, after: OutputPort, index: number): readonly Change[] {
  const path = ['outputPorts', index];
  if (before === undefined) return [changeOf('port-added', `port ${portKey(after)} is new`, { path })];
  const contract = before.contractId === after.contractId ? [] : [changeOf('port-moved', `port ${portKey(after)} promises another contract`, { path })];
  return [...contract, ...(after.deprecated && !before.deprecated ? [portDeprecated(after, path)] : [])];
}

export function portDeprecated(port: OutputPort, path: Change['path']): Change {
  return changeOf('deprecated', `port ${portKey(port)} is deprecated`, { path });
}

function portKey({ name, version }: OutputPort): string {
  return `${name} ${majorOf(version)}`;
}
