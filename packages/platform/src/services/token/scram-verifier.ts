import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

/** What a server keeps of a SCRAM-SHA-256 password (RFC 5802 §3), as base64: neither key lets anybody in. */
export interface ScramVerifier {
  readonly storedKey: string;
  readonly serverKey: string;
}

/** RFC 7677 §4 asks for no less; tokens are random, so that more would only cost. */
export const scramIterations = 4_096;

/**
 * One salt for all tokens of a person: the server names it before it can know which of them the client holds. It follows from the
 * name, so that a name without tokens answers alike. Nobody can prepare for it: a token has 192 random bits.
 */
export function scramSalt(username: string): Buffer {
  return createHash('sha256').update(`hanse scram salt of ${username}`).digest().subarray(0, 16);
}

/** Tokens are ASCII, which SASLprep leaves alone. */
export async function scramVerifier(token: string, username: string): Promise<ScramVerifier> {
  const salted = await promisify(pbkdf2)(token, scramSalt(username), scramIterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  return {
    storedKey: createHash('sha256').update(clientKey).digest('base64'),
    serverKey: createHmac('sha256', salted).update('Server Key').digest('base64'),
  };
}
