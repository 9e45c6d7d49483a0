import { hash, randomBytes } from 'node:crypto';

/** The newest link of a chain. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** What the first link names as its previous one. */
export const genesis: Head = { sequence: 0, hash: '0'.repeat(64) };

/** SHA-256 of UTF-8 text, in hex. */
export function sha256(text: string): string {
  return hash('sha256', text);
}

/** Commits to a body without telling it: neither salt nor canonical JSON holds a line break, so the parts cannot be shifted. */
export function digestOf(salt: string, content: string): string {
  return sha256(`${salt}\n${content}`);
}

export function newSalt(): string {
  return randomBytes(16).toString('hex');
}
