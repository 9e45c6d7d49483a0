/** Written to the table `format`; a larger one is of a newer Hanse. */
export const schemaVersion = 2;

/** Texts are JSON; `used` is a property id, or null for the count of all reads. New in version 2. */
export const uses = `
create table read_uses (
  about text collate "C" not null, principal text collate "C" not null, used text collate "C" not null, reads bigint not null, last text collate "C" not null,
  primary key (about, principal, used)
);
`;

/** The tables of the SQLite store; "C" orders ids by their bytes, as SQLite does. */
export const schema = `
create table format (version integer not null);
create table heads (chain text primary key, sequence bigint not null, hash text not null);
create table log (sequence bigint primary key, at text collate "C" not null, entry text not null, hash text not null);
create index log_at on log (at);
create table bodies (
  number bigint primary key, kind text collate "C" not null, id text collate "C" not null, version bigint not null, salt text, content text
);
create table versions (
  kind text collate "C" not null, id text collate "C" not null, version bigint not null, until bigint not null, body bigint not null,
  primary key (kind, id, version)
);
create index versions_until on versions (kind, until, id);
create table reads (sequence bigint primary key, entry text not null, hash text not null);
${uses}create table leases (name text primary key, holder text not null, number bigint not null, until text collate "C" not null);
`;
