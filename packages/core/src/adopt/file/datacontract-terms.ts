import type { JsonObject } from '../../document/document.ts';
import { objectOf, optional, textOf } from '../../document/json.ts';
import type { Left } from '../draft.ts';

/** Keys that servers of ODCS have under the same name, whatever their type. */
const SAME = new Set([
  'location',
  'format',
  'delimiter',
  'endpointUrl',
  'project',
  'dataset',
  'account',
  'database',
  'schema',
  'host',
  'port',
  'catalog',
  'path',
  'serviceName',
  'driver',
  'service',
  'stagingDir',
  'region',
  'stream',
]);
const TYPES = new Set([
  's3',
  'azure',
  'bigquery',
  'redshift',
  'snowflake',
  'databricks',
  'postgres',
  'oracle',
  'sqlserver',
  'kafka',
  'pubsub',
  'kinesis',
  'local',
  'sftp',
  'trino',
  'glue',
  'athena',
  'duckdb',
]);

/** A server by its name; what ODCS does not know of it is kept as its custom properties. */
export function serverOf(server: string, written: JsonObject): JsonObject {
  const { type: given, description, environment, ...rest } = written;
  const type = textOf(given) ?? 'custom';
  const known = TYPES.has(type);
  // What stands for a model is no part of an address in ODCS.
  const location = textOf(rest['location']);
  const isTemplate = location?.includes('{') === true;
  const entries = Object.entries(isTemplate ? { ...rest, location: location.slice(0, location.indexOf('{')), locationTemplate: location } : rest);
  const custom = [
    ...(known ? [] : [{ property: 'type', value: type }]),
    ...entries.filter(([key]) => !known || !SAME.has(key)).map(([property, value]) => ({ property, value })),
  ];
  return {
    server,
    type: known ? type : 'custom',
    ...optional('description', textOf(description)),
    ...optional('environment', textOf(environment)),
    ...Object.fromEntries(entries.filter(([key]) => known && SAME.has(key))),
    ...(custom.length > 0 && { customProperties: custom }),
  };
}

const INTERVALS: Readonly<Record<string, string>> = { hourly: '1h', daily: '1d', weekly: '7d', monthly: 'P1M', yearly: 'P1Y', annually: 'P1Y' };

/** `servicelevels` as ODCS `slaProperties`. */
export function serviceLevels(written: JsonObject, left: Left[]): readonly JsonObject[] {
  return Object.entries(written).flatMap(([name, value]): readonly JsonObject[] => {
    const level = objectOf(value);
    const said = optional('description', textOf(level['description']));
    const without = (...keys: readonly string[]) => {
      for (const key of Object.keys(level))
        if (key !== 'description' && !keys.includes(key))
          left.push({ what: `servicelevels.${name}.${key}`, why: 'a service level of ODCS has no place for it' });
    };
    switch (name) {
      case 'availability': {
        without('percentage');
        return [{ property: name, value: Number.parseFloat(String(level['percentage'])), unit: 'percent', ...said }];
      }
      case 'retention': {
        without('period', 'timestampField');
        return level['period'] === undefined
          ? []
          : [{ property: name, value: String(level['period']), ...optional('element', textOf(level['timestampField'])), ...said }];
      }
      case 'latency': {
        without('threshold', 'processedTimestampField');
        return [{ property: name, value: String(level['threshold']), ...optional('element', textOf(level['processedTimestampField'])), ...said }];
      }
      case 'freshness': {
        without('threshold', 'timestampField');
        return [{ property: name, value: String(level['threshold']), ...optional('element', textOf(level['timestampField'])), ...said }];
      }
      case 'frequency': {
        without('interval', 'cron');
        const interval = textOf(level['interval']) ?? '';
        const cron = textOf(level['cron']);
        if (interval === '') return cron === undefined ? [] : [{ property: 'schedule', value: cron, scheduler: 'cron', schedule: cron, ...said }];
        return [
          { property: name, value: INTERVALS[interval.toLowerCase()] ?? interval, ...(cron !== undefined && { scheduler: 'cron', schedule: cron }), ...said },
        ];
      }
      default: {
        const words = Object.entries(level)
          .filter(([key]) => key !== 'description')
          .map(([key, one]) => `${key}: ${String(one)}`);
        return [{ property: name, value: words.join(', '), ...said }];
      }
    }
  });
}
