import { describe, expect, it } from 'vitest';
import { isCard, isIban, suggestClassification } from './suggest-classification.ts';

describe('isIban', () => {
  it.each(['DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819', 'NO9386011117947'])('takes %s', (text) => expect(isIban(text)).toBe(true));
  it.each(['DE89 3704 0044 0532 0130 01', 'GB29NWBK60161331926891', 'DE893704', ''])('refuses %s', (text) => expect(isIban(text)).toBe(false));
});

describe('isCard', () => {
  it.each(['4111 1111 1111 1111', '5500-0055-5555-5559', '378282246310005'])('takes %s', (text) => expect(isCard(text)).toBe(true));
  it.each(['4111 1111 1111 1112', '1234567890123452', '41111', ''])('refuses %s', (text) => expect(isCard(text)).toBe(false));
});

describe('suggestClassification', () => {
  const values = (value: string) => Array.from({ length: 10 }, () => value);
  it.each([
    ['email', [], 'an e-mail address', 0.7],
    ['customerEmail', values('a@b.example'), 'an e-mail address', 0.95],
    ['email', values('none'), 'an e-mail address', 0.3],
    ['contact', values('a@b.example'), 'an e-mail address', 0.8],
    ['account', values('GB29NWBK60161331926819'), 'an IBAN', 0.8],
    ['payment', values('4111111111111111'), 'a payment card number', 0.8],
    ['source', values('192.168.0.1'), 'an IP address', 0.8],
    ['born_on', values('1971-04-02'), 'a date of birth', 0.95],
    ['ssn', values('078-05-1120'), 'a national id', 0.95],
    ['phone_number', values('+31 20 123 4567'), 'a telephone number', 0.95],
  ] as const)('of %s says what it seems to be and how sure that is', (name, given, what, confidence) => {
    expect(suggestClassification({ name, values: given })).toMatchObject({ what, confidence });
  });

  it('of what a schema calls by its format, the format is the reason', () => {
    expect(suggestClassification({ name: 'contact', format: 'email', values: [] })).toMatchObject({ reason: 'its format says so', confidence: 0.9 });
    expect(suggestClassification({ name: 'ip', format: 'ipv4', values: [] })).toMatchObject({ reason: 'its name and format say so', confidence: 0.9 });
    expect(suggestClassification({ name: 'contact', format: 'uri', values: [] })).toBeUndefined();
  });

  it.each([
    ['amount', values('12.50')],
    ['ordered_on', values('2026-01-01')],
    ['has_email', []],
    ['shipped', values('192.168.0.999')],
    ['few', ['a@b.example']],
  ] as const)('of %s says nothing', (name, given) => {
    expect(suggestClassification({ name, values: given, ...(name === 'has_email' && { logicalType: 'boolean' }) })).toBeUndefined();
  });
});
