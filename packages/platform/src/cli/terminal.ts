import { once } from 'node:events';
import { styleText } from 'node:util';
import type { Terminal } from './command.ts';
import { shown } from './shown.ts';

export function createTerminal(json: boolean): Terminal {
  const { stdout, stderr } = process;
  const color = !json && stdout.isTTY && process.env.NO_COLOR === undefined;
  const decoder = new TextDecoder();
  let transient = false;
  const told = new Set<string>();
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const clear = () => {
    if (transient) stderr.write('\r\u001b[2K');
    transient = false;
  };
  return {
    json,
    color,
    write: async (bytes) => {
      clear();
      if (!stdout.write(stdout.isTTY ? shown(typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true })) : bytes)) await once(stdout, 'drain');
    },
    line: (text) => {
      clear();
      stdout.write(`${stdout.isTTY ? shown(text) : text}\n`);
    },
    warn: (message, hint) => {
      clear();
      stderr.write(shown(`warning: ${message}\n  ${hint}\n`));
    },
    progress: ({ ref, stage, done }) => {
      clear();
      const text = shown(`${ref}: ${stage}`);
      if (!stderr.isTTY) {
        if (!told.has(text)) stderr.write(`${text}\n`);
        told.add(text);
        return;
      }
      stderr.write(`${text}${done === undefined ? '' : ` ${Math.round(done * 100)} %`}`.slice(0, (stderr.columns ?? 80) - 1));
      transient = true;
    },
  };
}

export type Style = 'good' | 'bad' | 'dim' | 'strong' | 'warn';

const STYLES = { good: 'green', bad: 'red', dim: 'gray', strong: 'bold', warn: 'yellow' } as const;

export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.color ? styleText(STYLES[style], text) : text;
}

/** Rows under a head, columns padded to their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => /^[-\d.,%]*$/.test(row[column] ?? '')));
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isNumeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [format(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(format)].join('\n');
}
