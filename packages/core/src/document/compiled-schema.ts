/** One violation, as Ajv gives it without messages. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer into the document. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What `tools/compile-standards.ts` makes of a standard's JSON Schema. */
export interface CompiledSchema {
  readonly validate: ((value: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };
  /** Every key that the schema names anywhere. */
  readonly names: readonly string[];
}
