import { expect, test } from 'vitest';
import { openHttpSink } from './http-sink.ts';

test('an address with a password is refused without a word of it', () => {
  for (const address of ['https://me:secret@lineage.example', 'https://me:secret@[']) {
    expect(() => openHttpSink(address, undefined)).toThrow(/^openlineage\.to (?:holds a user or a password|is no URL)$/);
  }
});
