import type { Command } from '../command.ts';

export const up: Command = {
  name: 'up',
  summary: 'Serves the mesh: HTTP, schedules',
  usage: '[--listen <host:port>]',
  example: 'hanse up --listen 127.0.0.1:4400',
  flags: {},
  run: async (call) => {
    const { url, closed } = await call.serve();
    if (call.terminal.json) call.terminal.line(JSON.stringify({ url }));
    else call.terminal.line(`Hanse serves ${url}\n  products   ${url}/api/products\n  OpenAPI    ${url}/api/openapi.json\nEnd it with Ctrl-C.`);
    await closed;
    return 0;
  },
};
