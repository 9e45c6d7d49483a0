import type { Path } from '../document/source-document.ts';

/** Whom a kind of change breaks, what it does to the version, and what it is. The reference page is generated from this table. */
interface KindOfChange {
  /** A reader may stop working, or reads something else. */
  readonly readers: boolean;
  /** What fitted the contract before may be refused now. */
  readonly writers: boolean;
  /** Which part of the contract's semantic version it raises. */
  readonly raises: Raise;
  readonly meaning: string;
}

export type Raise = 'major' | 'minor' | 'patch';

const less = { readers: true, writers: false, raises: 'major' } as const;
const more = { readers: false, writers: true, raises: 'minor' } as const;
const otherwise = { readers: true, writers: true, raises: 'major' } as const;
const open = { readers: false, writers: false, raises: 'minor' } as const;
const words = { readers: false, writers: false, raises: 'patch' } as const;

/** A contract that promises less breaks its readers; one that promises more breaks its writers. */
export const changeKinds = {
  'object-added': { ...more, meaning: 'A table is new: somebody must write it.' },
  'object-removed': { ...less, meaning: 'A table is removed, or is no longer served.' },
  'object-renamed': { ...otherwise, meaning: 'A table has another name and the same id.' },
  'column-added': { ...more, meaning: 'A column is new: a writer that lacks it fails the schema, also where it may be null.' },
  'column-removed': { ...less, meaning: 'A column is removed.' },
  'column-renamed': { ...otherwise, meaning: 'A column has another name and the same id.' },
  'type-widened': { ...open, meaning: 'A type holds more, and every value reads as before: Iceberg’s promotions, also inside lists, maps and structs.' },
  'type-changed': { ...otherwise, meaning: 'A type is another, or holds less.' },
  'required-added': { ...more, meaning: 'A column is now never null.' },
  'required-dropped': { ...less, meaning: 'A column may now be null.' },
  'unique-added': { ...more, meaning: 'The values of a column are now unique.' },
  'unique-dropped': { ...less, meaning: 'The values of a column may now repeat.' },
  'key-added': { ...more, meaning: 'A table has a primary key now.' },
  'key-dropped': { ...less, meaning: 'A table has no primary key any more: joins on it may repeat rows.' },
  'key-changed': { ...otherwise, meaning: 'The primary key is made of other columns.' },
  'values-narrowed': { ...more, meaning: 'Fewer values are allowed.' },
  'values-widened': { ...less, meaning: 'More values are allowed: whoever tells cases apart meets a new one.' },
  'values-changed': { ...otherwise, meaning: 'Some values are allowed that were not, and some no longer.' },
  'limits-tightened': { ...more, meaning: 'A bound, length, pattern or format of `logicalTypeOptions` is new or allows less.' },
  'limits-loosened': { ...less, meaning: 'A bound, length, pattern or format of `logicalTypeOptions` is gone or allows more.' },
  'limits-changed': { ...otherwise, meaning: 'A bound, length, pattern or format of `logicalTypeOptions` is another.' },
  'rule-added': { ...more, meaning: 'A quality rule or relationship is new.' },
  'rule-removed': { ...less, meaning: 'A quality rule or relationship is gone.' },
  'rule-tightened': { ...more, meaning: 'A quality rule allows less, or more follows from breaking it.' },
  'rule-loosened': { ...less, meaning: 'A quality rule allows more, or less follows from breaking it.' },
  'rule-changed': { ...otherwise, meaning: 'A quality rule or relationship asks something else.' },
  'advice-changed': { ...open, meaning: 'A rule that only warns, before and after, is new, gone or another.' },
  'service-level-tightened': { ...more, meaning: 'A service level is new or promises more.' },
  'service-level-loosened': { ...less, meaning: 'A service level is gone or promises less.' },
  'service-level-changed': { ...otherwise, meaning: 'A service level promises something else.' },
  'meaning-changed': { ...otherwise, meaning: 'A column has another unit, currency, time zone, definition or calculation, or states it no more.' },
  'meaning-stated': { ...open, meaning: 'A column says its unit, currency, time zone or definition, and did not before.' },
  'classification-raised': { ...less, meaning: 'A column is classified as restricted, or otherwise: whoever holds it owes it more care.' },
  'classification-lowered': { ...open, meaning: 'A column is classified as less than before, or for the first time and not as restricted.' },
  'port-added': { ...open, meaning: 'A product serves a port, or a major version of one, that it did not.' },
  'port-removed': { ...less, meaning: 'A product no longer serves a port, or a major version of one.' },
  'port-moved': { ...otherwise, meaning: 'A port promises another contract.' },
  'role-added': { ...open, meaning: 'A role is new.' },
  'role-removed': { ...less, meaning: 'A role is removed.' },
  'role-changed': { ...less, meaning: 'A role shows other rows, or other values of a column.' },
  'role-widened': { ...open, meaning: 'A role shows a column that it did not show.' },
  'role-answered': { ...open, meaning: 'A role is given by others, or without being asked for.' },
  'server-changed': { ...open, meaning: 'The data lies on another server.' },
  deprecated: { ...open, meaning: 'The contract or its port is deprecated: the notice of its agreements begins.' },
  retired: { ...less, meaning: 'The contract is retired.' },
  'status-changed': { ...open, meaning: 'The contract has another status.' },
  'words-changed': { ...words, meaning: 'A name for people, a description, a tag or a rule in words is another.' },
} as const satisfies Record<string, KindOfChange>;

export type ChangeKind = keyof typeof changeKinds;

/** One difference between two versions of a contract. */
export interface Change {
  readonly kind: ChangeKind;
  /** Object id, and the property's name as readers knew it (nested: `address.city`). */
  readonly object?: string;
  readonly column?: string;
  readonly role?: string;
  /** The clause, where a column may have several of a kind. */
  readonly rule?: string;
  readonly readers: boolean;
  readonly writers: boolean;
  readonly message: string;
  /** What was written before and is now, as people read it. */
  readonly before?: string;
  readonly after?: string;
  /** Where in the later contract it shows. */
  readonly path: Path;
}

export type ChangePlace = Pick<Change, 'object' | 'column' | 'role' | 'rule' | 'before' | 'after' | 'path'>;

export function changeOf(kind: ChangeKind, message: string, place: ChangePlace): Change {
  const { readers, writers } = changeKinds[kind];
  return { kind, readers, writers, message, ...place };
}

/**
 * Names a change of one contract, so that a consumer can say yes to it and to no other: its kind, where, and what to. Holds
 * only letters, digits and `-_.:=%~`, so that a shell and Markdown take it as it is.
 */
export function changeKey({ kind, object, column, role, rule, after }: Pick<Change, 'kind' | 'object' | 'column' | 'role' | 'rule' | 'after'>): string {
  const place = [object, column ?? role, rule].filter((part) => part !== undefined).map(encoded);
  return `${[kind, ...place].join(':')}${after === undefined ? '' : `=${encoded(after)}`}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
