import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { isAbout, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import { formatRef } from '@hanse/core/ref/ref.ts';
import { UserError } from '../../error.ts';
import type { MeshNow } from '../platform.ts';

export function describeAgreement({ mesh }: Pick<MeshNow, 'mesh'>, agreement: Agreement, now: string): AgreementAnswer {
  const expired = agreement.status === 'active' && agreement.end <= now;
  return {
    id: agreement.id,
    provider: providerName(mesh, agreement),
    consumer: consumerName(mesh, agreement),
    role: agreement.role,
    purpose: agreement.purpose,
    onward: agreement.onward,
    status: expired ? 'expired' : agreement.status,
    start: agreement.start,
    end: agreement.end,
    noticeDays: agreement.noticeDays,
    requestedBy: agreement.requestedBy,
    answeredBy: agreement.answeredBy ?? null,
    reason: agreement.reason ?? null,
  };
}

function providerName(mesh: Mesh, { provider }: Agreement): string {
  const product = mesh.products.get(provider.productId);
  if (product === undefined) return `${provider.productId}:${provider.port}__v${provider.major}`;
  return formatRef({ domain: product.domain, product: product.name, port: provider.port, major: provider.major });
}

export function consumerName(mesh: Mesh, { consumer }: Agreement): string {
  switch (consumer.kind) {
    case 'domain':
      return consumer.domain;
    case 'person':
      return consumer.username;
    case 'product':
      return `${consumer.domain}/${mesh.products.get(consumer.productId)?.name ?? consumer.productId}`;
    default:
      return consumer satisfies never;
  }
}

/** A table of the port that an agreement is about. */
export function providerOf({ tables }: MeshNow, agreement: Agreement): ServedTable {
  const { id, provider } = agreement;
  const table = tables.find((served) => isAbout(agreement, served));
  if (table === undefined)
    throw new UserError('missing', `agreement ${id}: its port ${provider.port} version ${provider.major} is no longer served`, 'Request the newer version.');
  return table;
}
