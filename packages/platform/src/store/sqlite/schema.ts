/** Written to `pragma user_version`; a larger one is of a newer Hanse. */
export const schemaVersion = 1;
/** "Hans" in ASCII: tells `file` and us whose file it is. */
export const applicationId = 0x48_61_6e_73;

/** `versions` lies in the order of the log, so that a commit appends and `verify` reads both side by side. */
export const schema = `
create table heads (chain text primary key, sequence integer not null, hash text not null) strict, without rowid;
create table log (sequence integer primary key, at text not null, entry text not null, hash text not null) strict;
create index log_at on log (at);
create table versions (
  version integer not null, slot integer not null, until integer not null,
  kind text not null, id text not null, salt text, content text,
  primary key (version, slot)
) strict, without rowid;
create unique index versions_key on versions (kind, id, version);
create index versions_until on versions (kind, until, id);
create table reads (sequence integer primary key, entry text not null, hash text not null) strict;
create table leases (name text primary key, holder text not null, number integer not null, until text not null) strict, without rowid;
`;
