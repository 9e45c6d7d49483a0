import type { JsonObject } from '@hanse/core/document/document.ts';

/** Where events of OpenLineage go. `send` returns once the event is kept there; `ExternalError` where it could not be brought, to be sent again later. */
export interface EventSink {
  /** For people. */
  readonly name: string;
  send(event: JsonObject, signal: AbortSignal): Promise<void>;
}
