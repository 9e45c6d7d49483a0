import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Frame, frameHeader, readFrames } from './frame.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const kinds = ['data', 'end', 'error'] as const;

async function collect(chunks: readonly Buffer[]): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(Readable.from(chunks, { objectMode: true }))) frames.push(frame);
  return frames;
}

function cut(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.map((cutAt) => cutAt % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at
    .slice(1)
    .map((end, index) => bytes.subarray(at[index], end))
    .filter((chunk) => chunk.length > 0);
}

test('frames survive any cutting of the stream', async () => {
  const frame = fc.record({ kind: fc.constantFrom(...kinds), bytes: fc.uint8Array({ maxLength: 40 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 10 }), async (frames, cuts) => {
      const bytes = Buffer.concat(frames.flatMap(({ kind, bytes: part }) => [frameHeader(kind, part.length), part]));
      const found = await collect(cut(bytes, cuts));
      const text = (list: readonly { kind: string; bytes: Uint8Array }[]): string =>
        list.map(({ kind, bytes: part }) => (kind === 'data' ? '' : `<${kind}>`) + Buffer.from(part).toString('hex')).join('');
      expect(text(found)).toBe(text(frames));
    }),
    { numRuns: Math.ceil(200 * scale) },
  );
});

test('a stream cut short has no end frame', async () => {
  const bytes = Buffer.concat([frameHeader('data', 3), Buffer.from('abc'), frameHeader('end', 0)]);
  expect((await collect([bytes])).map(({ kind }) => kind)).toEqual(['data', 'end']);
  expect((await collect([bytes.subarray(0, -1)])).map(({ kind }) => kind)).toEqual(['data']);
});
