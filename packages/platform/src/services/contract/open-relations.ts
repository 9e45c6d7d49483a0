import type { Engine, Relation, Session, SessionOptions } from '../../engine/engine.ts';
import { ExternalError, UserError } from '../../error.ts';

export interface OpenedRelations extends AsyncDisposable {
  readonly session: Session;
  /** Why a relation could not be opened, by its name. */
  readonly broken: ReadonlyMap<string, string>;
}

/** A session with all of the relations that can be opened: a damaged file keeps no other from being read. */
export async function openRelations(engine: Pick<Engine, 'session'>, options: SessionOptions): Promise<OpenedRelations> {
  try {
    return opened(await engine.session(options), new Map());
  } catch (error) {
    options.signal?.throwIfAborted();
    const broken = new Map<string, string>();
    for (const relation of options.relations) {
      const why = await whyNot(engine, { ...options, relations: [relation] }, relation);
      if (why !== undefined) broken.set(relation.name, why);
    }
    if (broken.size === 0) throw error;
    return opened(await engine.session({ ...options, relations: options.relations.filter(({ name }: Relation) => !broken.has(name)) }), broken);
  }
}

function opened(session: Session, broken: ReadonlyMap<string, string>): OpenedRelations {
  return { session, broken, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
}

async function whyNot(engine: Pick<Engine, 'session'>, options: SessionOptions, { schema, name, files }: Relation): Promise<string | undefined> {
  try {
    await using _ = await engine.session(options);
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof UserError || error instanceof ExternalError) {
      const [said = ''] = error.message.split('\n', 1);
      // The worker calls its files by the relation that they are of.
      return said.replaceAll(`${schema}.${name}`, files.length === 1 ? (files[0] ?? '') : `one of ${files[0] ?? ''} and ${files.length - 1} more`);
    }
    throw error;
  }
}
