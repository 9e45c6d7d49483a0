import type { Suggestion } from './draft.ts';

export interface Suspect {
  readonly name: string;
  readonly logicalType?: string;
  /** As schemas call it: `email`, `ipv4`. */
  readonly format?: string;
  /** Some of its values as text, without nulls. */
  readonly values: readonly string[];
}

interface Kind {
  readonly what: string;
  readonly classification: Suggestion['classification'];
  readonly name: RegExp;
  readonly format?: RegExp;
  /** Whether a value is one; absent where values tell nothing. */
  readonly value?: (text: string) => boolean;
  /** Values alone tell: others look so rarely by chance. */
  readonly alone?: true;
}

const kinds: readonly Kind[] = [
  {
    what: 'an e-mail address',
    classification: 'restricted',
    name: /(^|_)e?_?mail(_?addr(ess)?)?($|_)/,
    format: /^(idn-)?email$/,
    value: (text) => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(text),
    alone: true,
  },
  { what: 'an IBAN', classification: 'restricted', name: /(^|_)iban($|_)/, value: isIban, alone: true },
  { what: 'a payment card number', classification: 'restricted', name: /(^|_)(credit_?card|card_?(no|num|number)|pan)($|_)/, value: isCard, alone: true },
  { what: 'an IP address', classification: 'confidential', name: /(^|_)ip(_?addr(ess)?|v4|v6)?($|_)/, format: /^(ipv[46]|inet)$/, value: isIp, alone: true },
  {
    what: 'a date of birth',
    classification: 'restricted',
    name: /(^|_)(birth_?(date|day)|date_of_birth|dob|born(_on|_at)?)($|_)/,
    value: (text) => /^(18|19|20)\d\d-\d\d-\d\d/.test(text),
  },
  {
    what: 'a national id',
    classification: 'restricted',
    name: /(^|_)(ssn|social_security(_number)?|national_id|passport(_no|_number)?|tax_id|nino|steuer_?id|bsn|pesel|curp|cpf|dni)($|_)/,
    value: isNationalId,
  },
  { what: 'a telephone number', classification: 'restricted', name: /(^|_)(phone|telephone|mobile|msisdn|fax)(_?(no|num|number))?($|_)/, value: isPhone },
  { what: 'a person’s name', classification: 'confidential', name: /(^|_)(first|last|full|given|family|sur|maiden)_?name($|_)/ },
  { what: 'a postal address', classification: 'confidential', name: /(^|_)(street|postal_address|home_address|address_line_?\d?)($|_)/ },
];

const ENOUGH_VALUES = 3;
const MOST = 0.9;

/** What a column seems to hold, by its name and some of its values; a suggestion with its reason, never a decision. */
export function suggestClassification({ name, logicalType, format, values }: Suspect): Suggestion | undefined {
  const snake = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/\W+/g, '_');
  const given = values.filter((value) => value !== '');
  const suggestions = kinds.flatMap((kind): readonly Suggestion[] => {
    const named = kind.name.test(snake) && logicalType !== 'boolean';
    const share = kind.value === undefined || given.length < ENOUGH_VALUES ? undefined : given.filter(kind.value).length / given.length;
    const fits = share !== undefined && share >= MOST;
    const formatted = format !== undefined && kind.format?.test(format) === true;
    if (!named && !formatted && !(fits && kind.alone === true && logicalType !== 'date' && logicalType !== 'timestamp')) return [];
    const looked = share === undefined ? '' : `${fits ? ' and ' : ', but only '}${Math.round(share * 100)} % of ${given.length} values look so`;
    const said = [...(named ? ['name'] : []), ...(formatted ? ['format'] : [])].join(' and ');
    const reason =
      said !== '' ? `its ${said} ${said.includes(' ') ? 'say' : 'says'} so${looked}` : `${Math.round((share ?? 0) * 100)} % of ${given.length} values look so`;
    const confidence = named || formatted ? (share === undefined ? (formatted ? 0.9 : 0.7) : fits ? 0.95 : 0.3) : 0.8;
    return [{ classification: kind.classification, what: kind.what, reason, confidence }];
  });
  return suggestions.toSorted((a, b) => b.confidence - a.confidence)[0];
}

/** ISO 13616: the country and check digits go to the end, letters are numbers from 10, the remainder by 97 is 1. */
export function isIban(text: string): boolean {
  const iban = text.replaceAll(/\s+/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...iban.slice(4), ...iban.slice(0, 4)].map((character) => Number.parseInt(character, 36)).join('');
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

/** ISO/IEC 7812 (Luhn), with a first digit that payment cards have. */
export function isCard(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, '');
  if (!/^[3-6]\d{12,18}$/.test(digits)) return false;
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

function isIp(text: string): boolean {
  const parts = text.split('.');
  if (parts.length === 4) return parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return text.includes('::') ? /^[\da-f:]{2,39}$/i.test(text) : /^([\da-f]{1,4}:){7}[\da-f]{1,4}$/i.test(text);
}

function isPhone(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  return /^\+?[\d\s()./-]+$/.test(text) && digits.length >= 7 && digits.length <= 15;
}

/** A US social security number, a British insurance number, or any other id of digits with few letters. */
function isNationalId(text: string): boolean {
  return /^\d{3}-\d{2}-\d{4}$/.test(text) || /^[A-Z]{2}\d{6}[A-D]$/i.test(text.replaceAll(' ', '')) || /^[A-Z]{0,3}[\d.-]{7,14}[A-Z]?$/i.test(text);
}
