/** What a function is called as: in an expression, after FROM, or by PRAGMA. One name may be several. */
export type FunctionKind = 'scalar' | 'table' | 'pragma';

export interface FunctionGroup {
  /** `undecided` is denied, and a test fails until a person decides. */
  readonly decision: 'allow' | 'deny' | 'undecided';
  readonly kind: FunctionKind;
  readonly reason: string;
  /** What to do instead. */
  readonly instead?: string;
  /** Names between white space. */
  readonly names: string;
}

/** The names of a group, in its order. */
export function namesOf(group: { readonly names: string }): readonly string[] {
  return group.names.split(/\s+/).filter((name) => name !== '');
}
