import type { JsonObject, JsonValue } from '../document/document.ts';
import { listOf, objectOf, optional, textOf } from '../document/json.ts';

/** ODCS `servers[]`: a place where the data of a contract lies. */
export interface Server {
  readonly name: string;
  readonly type: string;
  readonly environment?: string;
  /** Its place in the list. */
  readonly index: number;
  /** Everything it says, with `${VAR}` as written. */
  readonly written: JsonObject;
}

/** The servers of an ODCS document that its JSON Schema has accepted. One that is not named goes by its id, else its type. */
export function parseServers(document: JsonValue): readonly Server[] {
  return listOf(objectOf(document)['servers']).map((item, index) => {
    const written = objectOf(item);
    const type = textOf(written['type']) ?? '';
    const name = textOf(written['server']) ?? textOf(written['id']) ?? type;
    return { name, type, index, written, ...optional('environment', textOf(written['environment'])) };
  });
}
