/** How many characters are left for a text that may not be longer than a limit. */
export interface Room {
  /** The text, whose characters are taken away; nothing where it does not fit. */
  readonly take: (text: string) => string;
  /** As many parts as fit into a share of what is left, then how many do not. Nothing where there are no parts. */
  readonly hold: (parts: readonly string[], how: Fitting) => string;
}

export interface Fitting {
  /** Of the room that is left, from 0 to 1. */
  readonly share: number;
  readonly rest: (left: number) => string;
  readonly head?: string;
  /** What stands between parts; a line end where absent. */
  readonly between?: string;
}

/** For what joins parts, and the words of what is left out. */
const EXTRA = 200;

export function createRoom(characters: number): Room {
  let left = characters;
  return {
    take: (text) => {
      if (text.length + EXTRA > left) return '';
      left -= text.length + EXTRA;
      return text;
    },
    hold: (parts, { share, rest, head, between = '\n' }) => {
      if (parts.length === 0) return '';
      const most = Math.floor(left * share) - EXTRA;
      const kept: string[] = head === undefined ? [] : [head];
      let used = head?.length ?? 0;
      let count = 0;
      for (const part of parts) {
        if (used + between.length + part.length > most) break;
        kept.push(part);
        used += between.length + part.length;
        count += 1;
      }
      left -= used + EXTRA;
      return `${kept.join(between)}${count < parts.length ? rest(parts.length - count) : ''}`;
    },
  };
}
