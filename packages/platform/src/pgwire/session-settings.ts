import { notServed, WireError } from './wire-error.ts';

interface Setting {
  /** As SHOW writes it. */
  readonly name: string;
  readonly value: string;
  /** Values that it may be set to; absent where any will do, none where it cannot be set. */
  readonly accepts?: RegExp;
  /** Told to the client as it begins and when it changes. */
  readonly told?: true;
}

const NEVER = /^(?!)/;

/** What a client may set: what changes nothing here, and what is in force anyway. */
const settings: readonly Setting[] = [
  { name: 'server_version', value: '15.0 (Hanse)', accepts: NEVER, told: true },
  { name: 'server_version_num', value: '150000', accepts: NEVER },
  { name: 'server_encoding', value: 'UTF8', accepts: NEVER, told: true },
  { name: 'client_encoding', value: 'UTF8', accepts: /^(?:utf-?8|unicode)$/i, told: true },
  { name: 'DateStyle', value: 'ISO, MDY', accepts: /^iso(?:, ?mdy)?$/i, told: true },
  { name: 'IntervalStyle', value: 'postgres', accepts: /^postgres$/i, told: true },
  { name: 'TimeZone', value: 'UTC', accepts: /^(?:(?:etc\/)?(?:utc|uct|gmt|zulu|universal)|0)$/i, told: true },
  { name: 'standard_conforming_strings', value: 'on', accepts: /^(?:on|true|yes|1)$/i, told: true },
  { name: 'integer_datetimes', value: 'on', accepts: NEVER, told: true },
  { name: 'is_superuser', value: 'off', accepts: NEVER, told: true },
  { name: 'default_transaction_read_only', value: 'on', accepts: /^(?:on|true|yes|1)$/i, told: true },
  { name: 'transaction_read_only', value: 'on', accepts: /^(?:on|true|yes|1)$/i },
  { name: 'transaction_isolation', value: 'read committed', accepts: /^read (?:un)?committed$/i },
  { name: 'bytea_output', value: 'hex', accepts: /^hex$/i },
  { name: 'statement_timeout', value: '0', accepts: /^0$/ },
  { name: 'lock_timeout', value: '0', accepts: /^0$/ },
  { name: 'application_name', value: '', told: true },
  { name: 'extra_float_digits', value: '1' },
  { name: 'client_min_messages', value: 'notice' },
  { name: 'hanse.purpose', value: '' },
  { name: 'hanse.provenance', value: '', accepts: NEVER },
];

const known = new Map(settings.map((setting) => [setting.name.toLowerCase(), setting]));

/** Settings of one session: values that differ from the defaults, by name. */
export type SessionValues = ReadonlyMap<string, string>;

export function settingNamed(name: string): Setting {
  const setting = known.get(name.toLowerCase());
  if (setting === undefined) throw new WireError('42704', `unrecognized configuration parameter "${name}"`);
  return setting;
}

/** The values with one of them set, or back at its default where `value` is undefined. */
export function withSetting(values: SessionValues, name: string, value: string | undefined): SessionValues {
  const setting = settingNamed(name);
  const next = new Map(values);
  next.delete(setting.name);
  if (value === undefined) return next;
  if (setting.accepts === NEVER) throw new WireError('55P02', `parameter "${setting.name}" cannot be changed`);
  if (setting.accepts?.test(value) === false) throw notServed(`"${setting.name}" is "${setting.value}" here and cannot be set to "${value}"`);
  return setting.accepts === undefined ? next.set(setting.name, value) : next;
}

export function valueOf(values: SessionValues, name: string): string {
  const setting = settingNamed(name);
  return values.get(setting.name) ?? setting.value;
}

/** What a client is told of its settings, and where `before` is given, what is other than then. */
export function toldSettings(values: SessionValues, before?: SessionValues): readonly (readonly [string, string])[] {
  const told = settings.filter(
    ({ told: isTold, name, value }) => isTold && (before === undefined || (before.get(name) ?? value) !== (values.get(name) ?? value)),
  );
  return told.map(({ name, value }) => [name, values.get(name) ?? value]);
}
