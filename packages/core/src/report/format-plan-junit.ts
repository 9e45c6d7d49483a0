import type { FindingAnswer } from '../api/shapes.ts';
import { keepsBack } from '../plan/plan-outcome.ts';
import { headline, type PlacedEffect, placedEffects, type PlanReport } from './plan-report.ts';
import { xmlAttribute, xmlText } from './xml.ts';

/** A plan as JUnit XML: a case for each consumer's verdict on a change, and one for each finding. Unknown is an error, not a failure. */
export function formatPlanJunit({ plan, at }: PlanReport): string {
  const effects = placedEffects(plan).filter(({ effect }) => effect.side === 'reader');
  const suites = [suite('consumers', at, effects.map(effectCase)), suite('findings', at, plan.findings.map(findingCase))];
  const all = suites.flatMap(({ cases }) => cases);
  const head = `<testsuites name=${xmlAttribute(headline(plan))} ${counts(all)} time="0">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...suites.map(({ text }) => text), '</testsuites>'].join('\n')}\n`;
}

interface Case {
  readonly outcome: 'pass' | 'failure' | 'error' | 'skipped';
  readonly text: string;
}

function suite(name: string, at: string, cases: readonly Case[]) {
  const head = `  <testsuite name="${name}" ${counts(cases)} timestamp=${xmlAttribute(at.replace(/(?:\.\d+)?Z$/, ''))} time="0" hostname="hanse">`;
  return { cases, text: [head, ...cases.map(({ text }) => text), '  </testsuite>'].join('\n') };
}

function counts(cases: readonly Case[]): string {
  const count = (outcome: Case['outcome']) => cases.filter((each) => each.outcome === outcome).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

function effectCase({ effect, message, at }: PlacedEffect): Case {
  const outcome = keepsBack(effect) ? (effect.verdict === 'breaks' ? 'failure' : 'error') : 'pass';
  const said = `${message}\naccept with: ${effect.key}`;
  const body =
    outcome === 'pass'
      ? effect.verdict === 'safe'
        ? ''
        : `<system-out>${xmlText(message)}</system-out>`
      : `<${outcome} type=${xmlAttribute(effect.kind)} message=${xmlAttribute(message)}>${xmlText(said)}</${outcome}>`;
  return { outcome, text: testcase({ group: effect.consumer, name: effect.change, at }, body) };
}

function findingCase({ severity, code, message, hint, ref, at }: FindingAnswer): Case {
  const said = [message, hint].filter((part) => part !== undefined).join('\n');
  const outcome = severity === 'error' ? 'failure' : 'pass';
  const body =
    outcome === 'failure'
      ? `<failure type=${xmlAttribute(code)} message=${xmlAttribute(message)}>${xmlText(said)}</failure>`
      : `<system-out>${xmlText(`${severity}\n${said}`)}</system-out>`;
  return { outcome, text: testcase({ group: code, name: ref === undefined ? message : `${ref}: ${message}`, at }, body) };
}

function testcase({ group, name, at }: { readonly group: string; readonly name: string; readonly at: FindingAnswer['at'] }, body: string): string {
  const place = at === undefined ? '' : ` file=${xmlAttribute(at.file)} line="${at.line}"`;
  return `    <testcase classname=${xmlAttribute(group)} name=${xmlAttribute(name)}${place} time="0">${body}</testcase>`;
}
