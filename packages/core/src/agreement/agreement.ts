export type AgreementStatus = 'requested' | 'active' | 'rejected' | 'revoked';
export type Onward = 'no' | 'aggregate' | 'yes';

/**
 * A consumer's right to read one output port in one role (the shape of Bitol's agreement draft). Times are
 * ISO 8601 in UTC. It is in force from `start` to `end` while `active`; `expired` is read from the clock, never stored.
 */
export interface Agreement {
  readonly id: string;
  readonly provider: AgreementProvider;
  readonly consumer: AgreementConsumer;
  readonly role: string;
  readonly purpose: string;
  readonly onward: Onward;
  readonly status: AgreementStatus;
  readonly start: string;
  readonly end: string;
  /** How long both sides are told before a breaking change or the end takes effect, in days. */
  readonly noticeDays: number;
  readonly requestedBy: string;
  readonly answeredBy?: string;
  readonly reason?: string;
}

export interface AgreementProvider {
  /** ODPS id of the product and the port's name. */
  readonly productId: string;
  readonly port: string;
  readonly major: number;
}

/** A whole domain (its members and its products), one product (its builds), or one person or agent. */
export type AgreementConsumer =
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'product'; readonly productId: string; readonly domain: string }
  | { readonly kind: 'person'; readonly username: string; readonly domain: string };
