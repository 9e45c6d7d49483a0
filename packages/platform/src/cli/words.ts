import { UserError } from '../error.ts';
import type { Command, CommandCall } from './command.ts';

export function requiredWord(call: CommandCall, command: Command, index: number): string {
  const word = call.words[index];
  if (word !== undefined) return word;
  throw new UserError('usage', `hanse ${command.name} needs more words`, `Usage: hanse ${command.name} ${command.usage}`);
}

export function requiredFlag(call: CommandCall, command: Command, name: string): string {
  const value = call.flags[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UserError('usage', `hanse ${command.name} needs --${name}`, `Usage: hanse ${command.name} ${command.usage}`);
}
