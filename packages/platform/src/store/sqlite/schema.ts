/** Written to `pragma user_version`; a larger one is of a newer Hanse. */
export const schemaVersion = 2;
/** "Hans" in ASCII: tells `file` and us whose file it is. */
export const applicationId = 0x48_61_6e_73;

/** Texts are JSON; `used` is a property id, or null for the count of all reads. New in version 2. */
export const uses = `
create table read_uses (
  about text not null, principal text not null, used text not null, reads integer not null, last text not null, primary key (about, principal, used)
) strict, without rowid;
`;

/**
 * `bodies` only grows, in the order of the log; `versions` says which of them stood when. They are two tables because
 * ending a version changes its row, and SQLite rewrites a changed row whole.
 */
export const schema = `
create table heads (chain text primary key, sequence integer not null, hash text not null) strict, without rowid;
create table log (sequence integer primary key, at text not null, entry text not null, hash text not null) strict;
create index log_at on log (at);
create table bodies (
  number integer primary key, kind text not null, id text not null, version integer not null, salt text, content text
) strict;
create table versions (
  kind text not null, id text not null, version integer not null, until integer not null, body integer not null,
  primary key (kind, id, version)
) strict, without rowid;
create index versions_until on versions (kind, until, id);
create table reads (sequence integer primary key, entry text not null, hash text not null) strict;
${uses}create table leases (name text primary key, holder text not null, number integer not null, until text not null) strict, without rowid;
`;
