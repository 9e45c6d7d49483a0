import type { AgreementConsumer } from '../agreement/agreement.ts';
import { isMember, type Mesh } from '../mesh/mesh.ts';
import type { Principal } from './principal.ts';

/** True where a principal reads under agreements of this consumer. */
export function covers({ domains }: Pick<Mesh, 'domains'>, consumer: AgreementConsumer, principal: Principal): boolean {
  switch (consumer.kind) {
    case 'person':
      // Who leaves the domain leaves its agreements.
      return principal.kind === 'person' && principal.username === consumer.username && isMember(domains.get(consumer.domain), principal.username);
    case 'product':
      // Whoever takes the id of a product that is not there, or no more, takes none of its agreements.
      return principal.kind === 'product' && principal.productId === consumer.productId && principal.domain === consumer.domain;
    case 'domain':
      if (principal.kind === 'product') return principal.domain === consumer.domain;
      return principal.kind === 'person' && isMember(domains.get(consumer.domain), principal.username);
    default:
      return consumer satisfies never;
  }
}
