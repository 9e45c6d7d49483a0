import type { Command } from '../command.ts';

export const up: Command = {
  name: 'up',
  summary: 'Serves the mesh: HTTP, PostgreSQL’s protocol, schedules',
  usage: '[--listen <host:port>] [--listen-postgres <host:port>]',
  example: 'hanse up --listen 127.0.0.1:4400',
  flags: {},
  run: async (call) => {
    const { url, postgres, closed } = await call.serve();
    const wire = postgres === undefined ? '' : `\n  PostgreSQL ${postgres}`;
    if (call.terminal.json) call.terminal.line(JSON.stringify({ url, ...(postgres !== undefined && { postgres }) }));
    else call.terminal.line(`Hanse serves ${url}\n  products   ${url}/api/products\n  OpenAPI    ${url}/api/openapi.json${wire}\nEnd it with Ctrl-C.`);
    await closed;
    return 0;
  },
};
