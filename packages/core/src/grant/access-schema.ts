/** What a role of one product opens in a database: a schema of views, and a database role that may read them. Both have the same name. */
export interface AccessSchema {
  /** At most 63 bytes, PostgreSQL's limit. */
  readonly name: string;
  /** Says whose it is: `hanse airline: finance/churn, role eu`. */
  readonly comment: string;
  readonly views: readonly AccessView[];
  /** Logins that hold the role. */
  readonly members: readonly string[];
}

export interface AccessView {
  readonly name: string;
  /** The SELECT that the view is, over the table itself. */
  readonly sql: string;
}

/** A table that views read: whoever else may read it does so outside all agreements. */
export interface BaseTable {
  readonly schema: string;
  readonly name: string;
}

/** All that agreements open in one database. */
export interface DesiredAccess {
  readonly schemas: readonly AccessSchema[];
  readonly tables: readonly BaseTable[];
  /** True where a view hashes values: the key lies in a table that only the owner reads. */
  readonly hashes: boolean;
}

/** A right that somebody holds, as the database's catalog tells it. `PUBLIC` is everybody. */
export interface Right {
  readonly grantee: string;
  readonly privilege: string;
}

/** What the database's catalog tells of the schemas and roles that carry the mesh's mark, and of the tables behind them. */
export interface ActualAccess {
  readonly schemas: readonly {
    readonly name: string;
    /** Null also where the schema is another user's: whoever owns it could put views of his own there. */
    readonly comment: string | null;
    /** Without the owner's own. */
    readonly rights: readonly Right[];
    readonly relations: readonly {
      readonly name: string;
      /** As it was written by `comment on view`; null where there is none. */
      readonly comment: string | null;
      /** Of the view's definition as the database prints it now. */
      readonly digest: string;
      readonly isBarrier: boolean;
      readonly rights: readonly Right[];
    }[];
  }[];
  readonly roles: readonly {
    readonly name: string;
    readonly comment: string | null;
    readonly members: readonly string[];
    /** Members that may grant the role, or act in its name where the server can forbid it. */
    readonly free: readonly string[];
    /** What was made in the role's name: it would stay open to who made it. */
    readonly owned: readonly string[];
  }[];
  readonly tables: readonly (BaseTable & { readonly rights: readonly Right[] })[];
  /** From PostgreSQL 16 on, a member of a role need not be able to act in its name. */
  readonly forbidsSet: boolean;
  /** All roles that may log in. */
  readonly logins: readonly string[];
}
