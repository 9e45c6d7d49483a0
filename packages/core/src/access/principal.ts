/** Who asks. The operator owns the machine: may run the mesh and act as others, on record, but holds no agreement. */
export type Principal =
  /** `by` names the operator who acts as this person. */
  | { readonly kind: 'person'; readonly username: string; readonly by?: string }
  | { readonly kind: 'product'; readonly productId: string; readonly domain: string }
  | { readonly kind: 'operator'; readonly username: string }
  /** Nobody known: sees the catalogue on loopback, and no data. */
  | { readonly kind: 'guest' };

/** How the log names who did something. */
export function formatActor(principal: Principal): string {
  return principal.kind === 'person' && principal.by !== undefined ? `${principal.username} (by operator ${principal.by})` : formatPrincipal(principal);
}

/** How people and the read log name a principal. */
export function formatPrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'person':
      return principal.username;
    case 'product':
      return `product:${principal.productId}`;
    case 'operator':
      return `operator:${principal.username}`;
    case 'guest':
      return 'guest';
    default:
      return principal satisfies never;
  }
}
