import type { SchemaProperty } from '../contract/contract.ts';
import type { ColumnType } from '../table/column.ts';
import { wantedType } from '../table/contract-columns.ts';
import { isNarrower, isWithin, type NarrowType, narrowType } from '../table/narrow-type.ts';
import { parsePhysicalType, plainName, typeParts } from '../table/physical-type.ts';
import type { Dialect, Field } from './dialect.ts';
import { formatPath, type Path, type PathStep, type RowTest } from './rule.ts';

/** A type inside a column, or its own, that is promised to hold less than our type for it; `precision`: or more digits than four bytes hold. */
export interface NarrowPart extends Omit<NarrowType, 'of'> {
  readonly path: Path;
  readonly of: NarrowType['of'] | 'precision';
}

/** What a property's physical types promise beyond the types of ours. */
export function narrowParts(property: SchemaProperty, path: Path = [{ kind: 'field', name: property.name }]): readonly NarrowPart[] {
  const { properties, items, keys, values, physicalType } = property;
  const inside = [
    ...properties.flatMap((one) => narrowParts(one, [...path, { kind: 'field', name: one.name }])),
    ...(items === undefined ? [] : narrowParts(items, [...path, { kind: 'element' }])),
    ...(keys === undefined ? [] : narrowParts(keys, [...path, { kind: 'key' }])),
    ...(values === undefined ? [] : narrowParts(values, [...path, { kind: 'value' }])),
  ];
  const isNested = properties.length > 0 || items !== undefined || keys !== undefined || values !== undefined;
  const type = isNested || physicalType === undefined ? undefined : wantedType(property);
  return type === undefined || type.loose || physicalType === undefined ? inside : writtenLeaves(physicalType, path).flatMap(partOf);
}

interface Leaf {
  readonly path: Path;
  readonly written: string;
}

/** The types that hold values, as a nested type is written. */
function writtenLeaves(written: string, path: Path): readonly Leaf[] {
  const parts = typeParts(written);
  if (parts === undefined) return [{ path, written }];
  return parts.flatMap((part) => {
    const step: PathStep = part.kind === 'field' ? { kind: 'field', name: part.name } : { kind: part.kind };
    return writtenLeaves(part.text, [...path, step]);
  });
}

const eightBytes = /^(?:DOUBLE(?: PRECISION)?|FLOAT8|FLOAT64)$/i;

function partOf({ path, written }: Leaf): readonly NarrowPart[] {
  const [kind, narrow] = [parsePhysicalType(written)?.kind, narrowType(written)];
  if (kind !== undefined && narrow !== undefined && isNarrower(narrow, kind)) return [{ path, ...narrow }];
  return eightBytes.test(plainName(written)) ? [{ path, written: plainName(written).toUpperCase(), of: 'precision', low: '', high: '' }] : [];
}

/** Parts that values are to be asked about; undefined where the place states a type that breaks one. */
export function partsToAsk(parts: readonly NarrowPart[], { name, type, typeName }: Field, dialect: Dialect): readonly NarrowPart[] | undefined {
  const stated = new Map(
    typeName === undefined ? [] : writtenLeaves(typeName, [{ kind: 'field', name }]).map(({ path, written }) => [formatPath(path), written] as const),
  );
  const open: NarrowPart[] = [];
  for (const part of parts) {
    const written = stated.get(formatPath(part.path));
    if (part.of === 'precision') {
      if (kindAt(part.path.slice(1), type) === 'float') return undefined;
    } else if (written === undefined || !isWithin(part, written)) {
      if (written !== undefined && part.of === 'value' && isStatable(part, dialect) && parsePhysicalType(written) !== undefined) return undefined;
      open.push(part);
    }
  }
  return open;
}

/** PostgreSQL has integers of two, four and eight bytes with a sign, and no others: for what it cannot say, values do. */
function isStatable({ low }: NarrowPart, { name }: Dialect): boolean {
  return name === 'DuckDB' || low === '-32768' || low === '-2147483648';
}

function kindAt([step, ...rest]: Path, type: ColumnType | undefined): ColumnType['kind'] | undefined {
  if (step === undefined || type === undefined) return type?.kind;
  if (type.kind === 'struct') return kindAt(rest, type.fields.find(({ name }) => step.kind === 'field' && name === step.name)?.type);
  if (type.kind === 'map') return kindAt(rest, step.kind === 'key' ? type.key : type.value);
  return type.kind === 'list' ? kindAt(rest, type.element) : undefined;
}

/** What values inside a narrow part keep. */
export function testsOf({ of, low, high }: NarrowPart): readonly RowTest[] {
  if (of === 'length') return [{ kind: 'maxLength', value: Number(high) }];
  return [
    { kind: 'minimum', value: low },
    { kind: 'maximum', value: high },
  ];
}

/** The promised type as people write it. */
export function describeNarrow(parts: readonly NarrowPart[], whole: string): string {
  const [first, ...others] = parts.filter(({ of }) => of !== 'precision');
  if (first === undefined) return whole;
  if (others.length === 0 && first.path.length === 1) return first.written;
  return `${whole} with ${[first, ...others].map(({ path, written }) => `${formatPath(path.slice(1)).replace(/^\./, '')} ${written}`).join(', ')}`;
}
