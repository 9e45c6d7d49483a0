import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import type { Command, CommandCall } from '../command.ts';
import { table } from '../terminal.ts';
import { choiceFlag, requiredFlag, requiredWord } from '../words.ts';

const reason = { type: 'string', help: 'Why; both sides see it' } as const;

export const accessRequest: Command = {
  name: 'access request',
  summary: 'Asks for a role on an output port',
  usage: '<ref> --role <role> --purpose <why> --until <date>',
  example: 'hanse access request operations/flights:flights --role west-coast --purpose "campaign timing" --until 2027-06-30 --as mia',
  flags: {
    role: { type: 'string', help: 'One of the roles that the contract offers' },
    purpose: { type: 'string', help: 'What the data is for' },
    until: { type: 'string', help: 'The last day, as 2027-06-30' },
    for: { type: 'string', help: 'The domain or product that reads; you alone where absent' },
    onward: { type: 'string', help: 'no, aggregate or yes: may results be passed on' },
  },
  run: async (call) => {
    const mesh = await call.mesh();
    const consumer = call.flags.for;
    const { agreementShape } = await import('@hanse/core/api/shapes.ts');
    const onward = choiceFlag(call, 'onward', agreementShape.shape.onward.options);
    return show(
      call,
      await mesh.requestAccess({
        ref: requiredWord(call, accessRequest, 0),
        role: requiredFlag(call, accessRequest, 'role'),
        purpose: requiredFlag(call, accessRequest, 'purpose'),
        until: requiredFlag(call, accessRequest, 'until'),
        ...(typeof consumer === 'string' && { consumer }),
        ...(onward !== undefined && { onward }),
      }),
    );
  },
};

export const accessAnswers: readonly Command[] = [
  answerCommand('approve', 'Approves a request: the role opens on the next statement', {}),
  answerCommand('reject', 'Rejects a request, with a reason', {}),
  answerCommand('revoke', 'Ends an agreement: the next statement is refused', {}),
  answerCommand('renew', 'Gives an agreement a new end', { until: { type: 'string', help: 'The new last day, as 2028-06-30' } }),
];

export const accessAccept: Command = {
  name: 'access accept',
  summary: 'Says yes to a change that would break you: plan then tells it as accepted',
  usage: '<agreement id> --change <key>[,<key>...] [--reason <why>]',
  example: 'hanse access accept mia-reads-flights --change column-removed:flights:delay_minutes --reason "we stopped in May" --as mia',
  flags: { change: { type: 'string', help: 'The change as plan names it; several with commas between' }, reason },
  run: async (call) => {
    const agreement = requiredWord(call, accessAccept, 0);
    const changes = requiredFlag(call, accessAccept, 'change').split(',');
    const given = typeof call.flags.reason === 'string' ? call.flags.reason : '';
    const { accepted } = await (await call.mesh()).acceptChanges({ agreement, changes, reason: given });
    if (call.terminal.json) call.terminal.line(JSON.stringify({ accepted }));
    else for (const { change, version, by } of accepted) call.terminal.line(`${agreement}: ${by} accepts ${change} of version ${version}`);
    return 0;
  },
};

export const accessList: Command = {
  name: 'access list',
  summary: 'Lists agreements',
  usage: '[--status requested|active|rejected|revoked|expired]',
  example: 'hanse access list --status requested --as ann',
  flags: { status: { type: 'string', help: 'Only those in this state' } },
  run: async (call) => {
    const { agreementShape } = await import('@hanse/core/api/shapes.ts');
    const status = choiceFlag(call, 'status', agreementShape.shape.status.options);
    const { agreements } = await (await call.mesh()).agreements(status === undefined ? {} : { status });
    if (call.terminal.json) call.terminal.line(JSON.stringify({ agreements }));
    else
      call.terminal.line(
        agreements.length === 0 ? noAgreements(call, status) : table(['id', 'status', 'consumer', 'provider', 'role', 'ends', 'purpose'], agreements.map(row)),
      );
    return 0;
  },
};

function noAgreements({ settings }: CommandCall, status: string | undefined): string {
  const whose = settings.as === '' ? '' : ` that ${settings.as} is a side of`;
  return `No ${status === undefined ? '' : `${status} `}agreements${whose}. Ask for access with: hanse access request <ref> --role <role> --purpose <why> --until <date>.`;
}

function answerCommand(verb: 'approve' | 'reject' | 'revoke' | 'renew', summary: string, flags: Command['flags']): Command {
  const command: Command = {
    name: `access ${verb}`,
    summary,
    usage: `<agreement id>${verb === 'renew' ? ' --until <date>' : ''} [--reason <why>]`,
    example: `hanse access ${verb} mia-reads-flights${verb === 'renew' ? ' --until 2028-06-30' : ''} --reason "agreed on Monday" --as ann`,
    flags: { reason, ...flags },
    run: async (call) => {
      const { until } = call.flags;
      const given = typeof call.flags.reason === 'string' ? call.flags.reason : '';
      const id = requiredWord(call, command, 0);
      return show(call, await (await call.mesh()).answerAccess({ id, verb, reason: given, ...(typeof until === 'string' && { until }) }));
    },
  };
  return command;
}

function row(agreement: AgreementAnswer): readonly string[] {
  return [agreement.id, agreement.status, agreement.consumer, agreement.provider, agreement.role, agreement.end.slice(0, 10), agreement.purpose];
}

function show(call: CommandCall, agreement: AgreementAnswer): number {
  if (call.terminal.json) call.terminal.line(JSON.stringify(agreement));
  else
    call.terminal.line(
      `${agreement.id}: ${agreement.consumer} reads ${agreement.provider} as ${agreement.role} until ${agreement.end.slice(0, 10)}: ${agreement.status}`,
    );
  return 0;
}
