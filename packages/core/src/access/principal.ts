/** Who asks. The operator owns the machine: may run the mesh and act as others, on record, but holds no agreement. */
export type Principal =
  | { readonly kind: 'person'; readonly username: string }
  | { readonly kind: 'product'; readonly productId: string; readonly domain: string }
  | { readonly kind: 'operator'; readonly username: string };

/** How the log names a principal. */
export function formatPrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'person':
      return principal.username;
    case 'product':
      return `product:${principal.productId}`;
    case 'operator':
      return `operator:${principal.username}`;
    default:
      return principal satisfies never;
  }
}
