/** Named defaults of what a connection may ask of the server. */
export interface WireLimits {
  readonly connections: number;
  /** Of one message, before and after its sender is known. */
  readonly strangerBytes: number;
  readonly messageBytes: number;
  /** What is read ahead of the message that is answered. */
  readonly aheadBytes: number;
  readonly authenticationMs: number;
  readonly idleMs: number;
  /** How long a client may leave sent bytes unread. */
  readonly unreadMs: number;
  readonly statements: number;
  readonly statementCharacters: number;
  readonly portals: number;
}

export const wireLimits: WireLimits = {
  connections: 200,
  strangerBytes: 10_000,
  messageBytes: 4 * 1024 * 1024,
  aheadBytes: 256 * 1024,
  authenticationMs: 10_000,
  idleMs: 30 * 60_000,
  unreadMs: 60_000,
  statements: 500,
  statementCharacters: 4_000_000,
  portals: 64,
};
