import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ScramVerifier } from '../services/token/scram-verifier.ts';
import { outOfProtocol } from './wire-error.ts';

/** What the client began with (RFC 5802 §7), without channel binding, which needs TLS. */
export interface ClientFirst {
  readonly header: string;
  readonly bare: string;
  readonly nonce: string;
}

export interface ServerFirst {
  readonly nonce: string;
  readonly text: string;
}

export function readClientFirst(said: string): ClientFirst {
  const [, header, bare, nonce] = /^([ny],,)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+))$/.exec(said) ?? [];
  if (header === undefined || bare === undefined || nonce === undefined) throw outOfProtocol('The first SCRAM message is malformed.');
  return { header, bare, nonce };
}

export function serverFirst(client: ClientFirst, more: { readonly nonce: string; readonly salt: Uint8Array; readonly iterations: number }): ServerFirst {
  const nonce = client.nonce + more.nonce;
  return { nonce, text: `r=${nonce},s=${Buffer.from(more.salt).toString('base64')},i=${more.iterations}` };
}

/** The verifier that the client's proof fits, and what proves the server to the client; undefined where none does. */
export function judgeProof<Known extends { readonly scram: ScramVerifier }>(
  exchange: { readonly client: ClientFirst; readonly server: ServerFirst; readonly said: string },
  verifiers: readonly Known[],
): { readonly known: Known; readonly text: string } | undefined {
  const { client, server, said } = exchange;
  const [, without, binding, nonce, proof] = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)),p=([A-Za-z0-9+/=]+)$/.exec(said) ?? [];
  if (proof === undefined || nonce !== server.nonce || binding !== Buffer.from(client.header).toString('base64'))
    throw outOfProtocol('The last SCRAM message is malformed.');
  const message = `${client.bare},${server.text},${without}`;
  const known = verifiers.find(({ scram }) => isProof(Buffer.from(proof, 'base64'), Buffer.from(scram.storedKey, 'base64'), message));
  if (known === undefined) return undefined;
  return { known, text: `v=${hmac(Buffer.from(known.scram.serverKey, 'base64'), message).toString('base64')}` };
}

function isProof(proof: Buffer, storedKey: Buffer, message: string): boolean {
  const signature = hmac(storedKey, message);
  if (proof.length !== signature.length) return false;
  const clientKey = proof.map((byte, at) => byte ^ (signature[at] ?? 0));
  return timingSafeEqual(createHash('sha256').update(clientKey).digest(), storedKey);
}

function hmac(key: Uint8Array, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}
