import { quoteText } from '../sql/quote.ts';
import { textFormatPattern } from '../rule/text-format.ts';
import type { RowTest, Scalar } from '../rule/rule.ts';
import { parsePattern } from './parse-pattern.ts';
import { type Shape, shapesOf } from './shapes.ts';
import { listed, type Space } from './space.ts';

/** What a text is to be, beside what is promised. */
export interface TextWish {
  readonly excluded: readonly Scalar[];
  /** Each number gives another text; so many are wanted. */
  readonly distinct?: bigint;
}

const consonants = [...'bdfgklmnprstvz'];
const vowels = [...'aeiou'];
const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const usualLength = 8;
/** Numbers are spread by arithmetic in 128 bits. */
const mostNumbers = 2n ** 60n;
const spread = 11_400_714_819_323n;
/** So many shapes of one pattern are told apart in one expression. */
const shapesAtOnce = 4;

const WORD = '([bdfgklmnprstvz][aeiou]){4}';

/** Texts of the formats that are judged, as they are used in examples (RFC 2606, 3849, 5737). */
const formats: Readonly<Record<string, string>> = {
  email: `${WORD}\\.([bdfgklmnprstvz][aeiou]){3}@example\\.(com|net|org)`,
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  uri: 'https://example\\.(com|net|org)/([bdfgklmnprstvz][aeiou]){5}',
  hostname: '([bdfgklmnprstvz][aeiou]){5}\\.example',
  ipv4: '10\\.1[0-9]{2}\\.1[0-9]{2}\\.1[0-9]{2}',
  ipv6: '2001:db8(:[1-9a-f][0-9a-f]{3}){6}',
  date: '20[0-2][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])',
  time: '(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z',
  'date-time': '20[0-2][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z',
  byte: '[A-Za-z0-9+/]{12}',
};

/** Texts that keep what is promised; undefined where none could be made. */
export function textSpace(tests: readonly RowTest[], wish: TextWish): Space | undefined {
  const [shortest, longest] = lengthsOf(tests);
  const patterns = tests.flatMap((test) => (test.kind === 'pattern' ? [test.pattern] : []));
  const named = tests.flatMap((test) => (test.kind === 'format' && Object.hasOwn(formats, test.format) ? [test.format] : []));
  const expressions = [...patterns.map((pattern) => expressionOf(pattern)), ...named.map((format) => expressionOf(`^(?:${textFormatPattern(format) ?? ''})$`))];
  if (expressions.some((one) => one === undefined)) return undefined;
  const keeps = (text: string) => expressions.every((one) => one?.test(text));
  const fits = (shape: Shape) => shape.length >= shortest && shape.length <= longest && probes(shape).every(keeps) && !holdsAny(shape, wish.excluded);
  const sources = [...patterns.flatMap(completed), ...named.map((format) => formats[format] ?? '')];
  const made =
    sources.length === 0
      ? [plainShapes(Math.min(Math.max(usualLength, shortest), longest), wish)]
      : sources.map((source) => shapesIn(source, Math.min(Math.max(shortest, usualLength), 64)));
  for (const shapes of made) {
    const fitting = shapes.filter(fits);
    if (fitting.length > 0) return wish.distinct === undefined ? severalShapes(fitting) : oneShape(fitting, wish.distinct);
  }
  return undefined;
}

function lengthsOf(tests: readonly RowTest[]): readonly [shortest: number, longest: number] {
  const of = (kind: RowTest['kind']) => tests.flatMap((test) => (test.kind === kind && 'value' in test && typeof test.value === 'number' ? [test.value] : []));
  return [Math.max(0, ...of('minLength')), Math.min(...of('maxLength'), Number.POSITIVE_INFINITY)];
}

function plainShapes(length: number, { distinct }: TextWish): readonly Shape[] {
  const spoken = Array.from({ length }, (_, index) => (index % 2 === 0 ? consonants : vowels));
  return distinct === undefined ? [spoken] : [spoken, Array.from({ length }, () => letters)];
}

/** A pattern that does not say how a text begins, or ends, with a word there; then alone. */
function completed(pattern: string): readonly string[] {
  const whole = `(?:${pattern})`;
  return [...(pattern.startsWith('^') ? [] : [`${WORD}${whole}`]), ...(pattern.endsWith('$') ? [] : [`${whole}${WORD}`]), pattern];
}

function shapesIn(pattern: string, reach: number): readonly Shape[] {
  const node = parsePattern(pattern);
  return node === undefined ? [] : shapesOf(node, reach);
}

function expressionOf(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Some of a shape's texts: what holds for them is taken to hold for all. */
function probes(shape: Shape): readonly string[] {
  const at = (choose: (characters: readonly string[], place: number) => number) =>
    shape.map((characters, place) => characters[choose(characters, place) % characters.length] ?? '').join('');
  return [at(() => 0), at(({ length }) => length - 1), ...[1, 2, 3, 5, 7, 11].map((by) => at((_, place) => place * by + by))];
}

function holdsAny(shape: Shape, values: readonly Scalar[]): boolean {
  return values.some((value) => {
    const characters = [...String(value)];
    return characters.length === shape.length && characters.every((character, place) => shape[place]?.includes(character));
  });
}

function sizeOf(shape: Shape): bigint {
  return shape.reduce((size, { length }) => size * BigInt(length), 1n);
}

/** Texts of one length are distinct by their places; those of another shape might be the same. */
function oneShape(shapes: readonly Shape[], distinct: bigint): Space {
  const sized = shapes.map((shape) => ({ shape, size: sizeOf(shape) })).toSorted((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
  const enough = sized.filter(({ size }) => size >= distinct && size <= mostNumbers);
  const close = enough.toSorted((a, b) => Math.abs(a.shape.length - usualLength) - Math.abs(b.shape.length - usualLength));
  return shapeSpace(close[0]?.shape ?? sized.at(-1)?.shape ?? []);
}

function severalShapes(shapes: readonly Shape[]): Space {
  const texts = shapes.every((shape) => sizeOf(shape) === 1n) ? [...new Set(shapes.map((shape) => shape.flat().join('')))] : [];
  if (texts.length > 0) return listed(texts.map((value) => ({ value, sql: quoteText(value) })));
  const usual = shapes.toSorted((a, b) => Math.abs(a.length - usualLength) - Math.abs(b.length - usualLength)).slice(0, shapesAtOnce);
  const spaces = usual.map(shapeSpace);
  const [only] = spaces;
  if (spaces.length === 1 && only !== undefined) return only;
  const count = BigInt(spaces.length);
  const size = spaces.reduce((so, one) => (one.size > so ? one.size : so), 1n);
  return {
    size: size * count > mostNumbers ? mostNumbers : size * count,
    at: (number) =>
      `CASE ${number} % ${count} ${spaces.map((one, index) => `WHEN ${index} THEN ${one.at(`((${number} // ${count}) % ${one.size})`)}`).join(' ')} END`,
    holds: (value) => spaces.some((one) => one.holds(value)),
  };
}

/** Mixed radix: each place is a digit of the number, which is spread over all of them first. */
function shapeSpace(shape: Shape): Space {
  let counted = 1n;
  const places = shape.toReversed().map((characters) => {
    const stride = counted;
    const radix = BigInt(characters.length);
    if (stride * radix > mostNumbers) return { characters };
    counted *= radix;
    return { characters, stride };
  });
  const size = counted;
  const factor = coprime(size);
  return {
    size,
    at: (number) => {
      const spreadNumber = size <= 2n ? number : `((${number}::HUGEINT * ${factor} + ${size / 3n}) % ${size})::BIGINT`;
      const parts = places.toReversed().map(({ characters, stride }, place) => {
        if (characters.length === 1) return quoteText(characters[0] ?? '');
        const digit = stride === undefined ? `hash(${number}, ${place})` : `(${spreadNumber}) // ${stride}`;
        return `substr(${quoteText(characters.join(''))}, (${digit} % ${characters.length})::BIGINT + 1, 1)`;
      });
      return parts.length === 0 ? "''" : `(${parts.join(' || ')})`;
    },
    holds: (value) => holdsAny(shape, [value]),
  };
}

function coprime(size: bigint): bigint {
  let factor = spread % size;
  while (factor <= 1n || common(factor, size) !== 1n) factor = size <= 3n ? 1n + size : (factor + 1n) % size;
  return factor;
}

function common(a: bigint, b: bigint): bigint {
  return b === 0n ? a : common(b, a % b);
}
