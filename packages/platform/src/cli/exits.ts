/** How a command ends; what `userErrors` says of each refusal is one of these. */
export const exits = { done: 0, refused: 1, usage: 2, unknown: 3, bug: 70 } as const;

/** The same in words, for people and for the reference. */
export const exitMeanings = {
  [exits.done]: 'done',
  [exits.refused]: 'refused, failed, or something breaks',
  [exits.usage]: 'wrong usage',
  [exits.unknown]: 'plan cannot tell whether a consumer breaks',
  [exits.bug]: 'a bug of Hanse',
} as const satisfies Readonly<Record<(typeof exits)[keyof typeof exits], string>>;
