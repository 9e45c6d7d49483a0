import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Plan } from '@hanse/core/api/shapes.ts';
import { type Outcome, outcomeOf } from '@hanse/core/plan/plan-outcome.ts';
import { countOf } from '../../config.ts';
import { UserError } from '../../error.ts';
import { readTreeFiles } from '../../tree/read-tree-files.ts';
import type { Command, CommandCall } from '../command.ts';
import { exits } from '../exits.ts';
import { documentsHere, whatToDoFirst } from '../next-step.ts';
import { isGranted, renderGrants } from '../render/grants.ts';
import { renderPlan } from '../render/plan.ts';
import { planFormats, renderPlanAs } from '../render/plan-formats.ts';
import { choiceFlag } from '../words.ts';
import { writeWhole } from '../write-whole.ts';

const EXIT: Readonly<Record<Outcome, number>> = { clear: exits.done, wrong: exits.refused, breaks: exits.refused, unknown: exits.unknown };

/** 0 nothing breaks, 1 something breaks or the documents are wrong, 3 a consumer's use is unknown. */
function exitCode(plan: Plan): number {
  return EXIT[outcomeOf(plan)];
}

async function makePlan(call: CommandCall): Promise<Plan> {
  const retire = retiredBy(call);
  const { against } = call.flags;
  const mesh = await (typeof against === 'string' ? call.otherMesh(against) : call.mesh());
  return mesh.plan({ tree: await readTreeFiles(await call.tree()), ...(retire.length > 0 && { retire: [...retire] }) });
}

/** Compares two revisions; no mesh is asked, and nothing is written. */
async function planBase(call: CommandCall, base: string): Promise<Plan> {
  const { head } = call.flags;
  const [files, parser, { planRevisions }] = await Promise.all([
    call.revisions(base, typeof head === 'string' ? head : undefined),
    call.parser(),
    import('../../services/plan/plan-revisions.ts'),
  ]);
  return planRevisions(parser, { ...files, lockDays: countOf(call.settings, 'lockDays'), now: call.now(), retire: retiredBy(call) });
}

function retiredBy({ flags }: CommandCall): readonly string[] {
  return typeof flags.retire === 'string' ? flags.retire.split(',') : [];
}

const retire = { type: 'string', help: 'Domains to end although their folder is not here, with commas between' } as const;

async function show(call: CommandCall, plan: Plan): Promise<void> {
  const isEmpty = plan.steps.length === 0 && plan.findings.length === 0 && (await documentsHere(call)) === 0;
  const format = call.terminal.json ? 'json' : (choiceFlag(call, 'format', planFormats) ?? 'text');
  if (format !== 'text') call.terminal.line(await renderPlanAs(format, { plan, at: call.now(), version: call.version }, call.terminal));
  else call.terminal.line(isEmpty ? `Nothing to apply. ${await whatToDoFirst(call)}` : renderPlan(plan, call.terminal));
}

export const plan: Command = {
  name: 'plan',
  summary: 'Shows what would change and whom it would break',
  usage: '[--base <revision> [--head <revision>] | --against <environment>] [--format <format>] [--out plan.json] [--retire <domain>,...]',
  example: 'hanse plan --base origin/main',
  flags: {
    base: { type: 'string', help: 'Compares with a git revision instead of a mesh, as a pull request does: with the newest commit that both have' },
    head: { type: 'string', help: 'With --base: the revision to judge; the folder as it stands where absent' },
    against: { type: 'string', help: 'Compares with the mesh of another environment, by its name in hanse.yaml or its URL' },
    format: { type: 'string', help: 'text, json, markdown (a comment on a pull request), junit, sarif or github (annotations)' },
    out: { type: 'string', help: 'Saves the plan, for hanse apply --plan' },
    retire,
  },
  run: async (call) => {
    const { base, head, against } = call.flags;
    if (typeof base === 'string' && typeof against === 'string')
      throw new UserError('usage', '--base and --against cannot both be meant', '--base compares with a revision, --against with a mesh.');
    if (typeof head === 'string' && typeof base !== 'string')
      throw new UserError('usage', '--head needs --base', 'As in hanse plan --base origin/main --head HEAD.');
    const made = typeof base === 'string' ? await planBase(call, base) : await makePlan(call);
    if (typeof call.flags.out === 'string') await writeWhole(call.flags.out, Readable.from([Buffer.from(`${JSON.stringify(made, undefined, 2)}\n`)]));
    await show(call, made);
    return exitCode(made);
  },
};

export const apply: Command = {
  name: 'apply',
  summary: 'Makes the documents of this folder so',
  usage: '[--plan plan.json] [--reason <why>] [--break] [--retire <domain>,...]',
  example: 'hanse apply --reason "churn 2.0"',
  flags: {
    plan: { type: 'string', help: 'A saved plan; refused where the mesh moved on' },
    reason: { type: 'string', help: 'Why; it is in the log' },
    break: { type: 'boolean', help: 'Apply although a consumer breaks or its use is unknown; needs --reason, and the log names whom it broke' },
    retire,
  },
  run: async (call) => {
    const made = typeof call.flags.plan === 'string' ? await readPlan(call.flags.plan) : await makePlan(call);
    const code = exitCode(made);
    const wrong = made.findings.some((finding) => finding.severity === 'error');
    if (wrong || (code !== 0 && call.flags.break !== true)) {
      await show(call, made);
      if (!wrong)
        throw new UserError(
          'conflict',
          'nothing was applied: the plan breaks consumers, or cannot know',
          'Publish a new major version, wait for the notice, let the consumers accept it, or say --break --reason <why>.',
        );
      return 1;
    }
    const mesh = await call.mesh();
    const reason = typeof call.flags.reason === 'string' ? call.flags.reason : '';
    const applied = made.steps.length === 0 ? undefined : await mesh.apply({ plan: made, reason, override: call.flags.break === true });
    const { places } = await mesh.grants({ apply: true });
    if (call.terminal.json) call.terminal.line(JSON.stringify({ ...(applied ?? made), grants: places }));
    else if (applied === undefined) await show(call, made);
    else
      call.terminal.line(
        `${renderPlan(made, call.terminal)}\nApplied ${applied.steps} ${applied.steps === 1 ? 'change' : 'changes'} as log entry ${applied.sequence}.`,
      );
    if (!call.terminal.json) for (const line of renderGrants(places, call.terminal)) call.terminal.line(line);
    return isGranted(places) ? 0 : 1;
  },
};

async function readPlan(path: string): Promise<Plan> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError('missing', `${path}: ${error instanceof Error ? error.message : String(error)}`, 'Make a plan with: hanse plan --out plan.json.');
  });
  const { planShape } = await import('@hanse/core/api/shapes.ts');
  try {
    return planShape.parse(JSON.parse(text));
  } catch {
    throw new UserError('invalid', `${path} holds no plan`, 'Make one with: hanse plan --out plan.json.');
  }
}
