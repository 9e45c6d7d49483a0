import type { FindingAnswer } from '../api/shapes.ts';
import { keepsBack } from '../plan/plan-outcome.ts';
import { headline, type PlanReport, placedEffects } from './plan-report.ts';

type Command = 'error' | 'warning' | 'notice';

const LEVELS: Readonly<Record<FindingAnswer['severity'], Command>> = { error: 'error', warning: 'warning', info: 'notice' };

/** A plan as workflow commands of GitHub Actions: annotations at the changed lines, then the headline. Who is safe is not annotated. */
export function formatPlanGithub({ plan }: PlanReport): string {
  const findings = plan.findings.map(({ severity, at, message, hint, code, ref }) =>
    annotation(LEVELS[severity], { at, title: `Hanse: ${code}`, message: [ref === undefined || at !== undefined ? message : `${ref}: ${message}`, hint] }),
  );
  const effects = placedEffects(plan)
    .filter(({ effect }) => effect.verdict !== 'safe' && (effect.side === 'reader' || effect.verdict === 'breaks'))
    .map(({ effect, at, message }) => {
      const level = keepsBack(effect)
        ? effect.verdict === 'breaks'
          ? 'error'
          : 'warning'
        : effect.verdict === 'accepted' || effect.level === 'observe'
          ? 'notice'
          : 'warning';
      return annotation(level, { at, title: `Hanse: ${effect.verdict} ${effect.consumer}`, message: [message] });
    });
  return [...effects, ...findings, annotation('notice', { at: undefined, title: 'Hanse', message: [headline(plan)] })].join('\n');
}

interface Annotation {
  readonly at: FindingAnswer['at'];
  readonly title: string;
  readonly message: readonly (string | undefined)[];
}

function annotation(command: Command, { at, title, message }: Annotation): string {
  const place = at === undefined ? [] : [`file=${property(at.file)}`, `line=${at.line}`, `col=${at.column}`];
  return `::${command} ${[...place, `title=${property(title)}`].join(',')}::${data(message.filter((part) => part !== undefined).join('\n'))}`;
}

/** As the runner's own toolkit escapes them: each command is one line. */
function data(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
