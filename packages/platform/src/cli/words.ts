import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
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

/** A flag that takes one of a few words; undefined where it is not given. */
export function choiceFlag<Choice extends string>({ flags }: CommandCall, name: string, choices: readonly Choice[]): Choice | undefined {
  const given = flags[name];
  const chosen = choices.find((choice) => choice === given);
  if (given === undefined || chosen !== undefined) return chosen;
  throw new UserError('usage', `--${name} is ${JSON.stringify(given)}`, didYouMean(String(given), choices, `It is one of ${choices.join(', ')}.`));
}
