import type { Scalar } from '../rule/rule.ts';
import type { WantedType } from '../table/wanted-type.ts';
import { decimalUnits, type Scale, type Units } from './number-space.ts';

const DAY_SECONDS = 86_400;
/** 1 January 2024. */
const FIRST_DAY = 19_723n;
/** 1 January of the years 1 and 9999. */
const [EARLIEST_DAY, LATEST_DAY] = [-719_162n, 2_932_531n];

/** How the values of a number or a time are counted; the first that has enough of them is taken. None for other types. */
export function scalesOf(type: WantedType): readonly Scale[] {
  switch (type.kind) {
    case 'int':
      return [whole(31n, 'INTEGER')];
    case 'long':
      return [whole(63n, 'BIGINT')];
    case 'decimal': {
      // DuckDB reads a number with an exponent through one that has so many digits more.
      const limit = 10n ** BigInt(Math.min(type.precision, 38 - type.scale)) - 1n;
      const sql = (units: string) => `CAST(CAST(${units} || 'e-${type.scale}' AS DECIMAL(38,${type.scale})) AS DECIMAL(${type.precision},${type.scale}))`;
      const ones = 10n ** BigInt(type.scale);
      return [{ low: -limit, high: limit, start: type.scale === 0 ? 1n : 0n, usual: 1000n * ones, unitsOf: decimalUnits(type.scale), sql }];
    }
    case 'float':
      return [binary(1, 'FLOAT', 100_000n)];
    case 'double':
      return [2, 4, 6, 9].map((digits) => binary(digits, 'DOUBLE', 10n ** 15n));
    case 'date':
      return [{ low: EARLIEST_DAY, high: LATEST_DAY, start: FIRST_DAY, usual: 731n, unitsOf: days, sql: (units) => `(DATE '1970-01-01' + ${units}::INTEGER)` }];
    case 'timestamp':
    case 'timestamptz':
      return [timestamps(type.kind)];
    case 'time':
      return [{ low: 0n, high: 86_399n, start: 0n, usual: 86_400n, unitsOf: secondsOfDay, sql: (units) => `(TIME '00:00:00' + to_seconds(${units}::BIGINT))` }];
    default:
      return [];
  }
}

function whole(bits: bigint, name: string): Scale {
  const limit = 2n ** bits;
  return { low: -limit, high: limit - 1n, start: 1n, usual: 1000n, unitsOf: decimalUnits(0), sql: (units) => `${units}::${name}` };
}

/** Limits keep every value exact in its digits. */
function binary(digits: number, name: string, limit: bigint): Scale {
  const sql = (units: string) => `CAST(${units} || 'e-${digits}' AS ${name})`;
  return { low: -limit, high: limit, start: 0n, usual: 1000n * 10n ** BigInt(digits), unitsOf: decimalUnits(digits), sql };
}

function timestamps(kind: 'timestamp' | 'timestamptz'): Scale {
  const second = BigInt(DAY_SECONDS);
  return {
    low: EARLIEST_DAY * second,
    high: LATEST_DAY * second,
    start: FIRST_DAY * second,
    usual: 731n * second,
    unitsOf: seconds,
    sql: (units) => (kind === 'timestamp' ? `make_timestamp((${units} * 1000000)::BIGINT)` : `make_timestamptz((${units} * 1000000)::BIGINT)`),
  };
}

function days(value: Scalar): Units | undefined {
  return unitsOf(Date.parse(`${String(value).slice(0, 10)}T00:00:00Z`) / 1000 / DAY_SECONDS);
}

function seconds(value: Scalar): Units | undefined {
  const text = String(value).replace(' ', 'T');
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return unitsOf(Date.parse(day ? `${text}T00:00:00Z` : /(?:z|[+-]\d{2}(?::?\d{2})?)$/i.test(text) ? text : `${text}Z`) / 1000);
}

function secondsOfDay(value: Scalar): Units | undefined {
  const [, hour, minute, second = '0'] = /^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(String(value)) ?? [];
  return hour === undefined ? undefined : unitsOf(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
}

function unitsOf(value: number): Units | undefined {
  return Number.isFinite(value) ? { floor: BigInt(Math.floor(value)), ceiling: BigInt(Math.ceil(value)) } : undefined;
}
