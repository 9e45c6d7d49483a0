import { expect, test } from 'vitest';
import { strptimeFormat } from './strptime-format.ts';

test('date formats of ODCS become those of strptime; ISO 8601 and unknown letters need none', () => {
  const formats = [
    'dd.MM.yyyy',
    'M/d/yy',
    "yyyyMMdd'T'HHmmss",
    "dd 'o''clock' HH",
    'yyyy%MM',
    'yyyy-MM-dd',
    'yyyy-MM-dd HH:mm:ss',
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    'HH:mm',
    'yyyy-ww',
  ];
  expect(formats.map((format) => [format, strptimeFormat(format)])).toEqual([
    ['dd.MM.yyyy', '%d.%m.%Y'],
    ['M/d/yy', '%-m/%-d/%y'],
    ["yyyyMMdd'T'HHmmss", '%Y%m%dT%H%M%S'],
    ["dd 'o''clock' HH", "%d o'clock %H"],
    ['yyyy%MM', '%Y%%%m'],
    ['yyyy-MM-dd', undefined],
    ['yyyy-MM-dd HH:mm:ss', undefined],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", undefined],
    ['HH:mm', undefined],
    ['yyyy-ww', undefined],
  ]);
});
