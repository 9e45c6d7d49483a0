import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExternalError } from '../error.ts';
import type { EventSink } from './event-sink.ts';

/** One JSON object a line, as OpenLineage's own file transport writes. */
export function openFileSink(path: string): EventSink {
  return {
    name: path,
    send: async (event) => {
      try {
        await mkdir(dirname(path), { recursive: true });
        await appendFile(path, `${JSON.stringify(event)}\n`);
      } catch (cause) {
        throw new ExternalError(`${path}: cannot be written (${cause instanceof Error ? cause.message : String(cause)})`, {
          cause,
          hint: 'Name another file as openlineage.to in hanse.yaml, or correct its permissions.',
        });
      }
    },
  };
}
