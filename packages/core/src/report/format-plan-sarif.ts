import type { EffectAnswer, FindingAnswer } from '../api/shapes.ts';
import { changeKinds } from '../change/change.ts';
import type { JsonObject } from '../document/document.ts';
import { findingCodes } from '../finding/codes.ts';
import { keepsBack } from '../plan/plan-outcome.ts';
import { fileUri } from './file-uri.ts';
import { type PlacedEffect, placedEffects, type PlanReport } from './plan-report.ts';

/** SARIF 2.1.0 §3.27.10. */
type Level = 'error' | 'warning' | 'note' | 'none';

const LEVELS: Readonly<Record<FindingAnswer['severity'], Level>> = { error: 'error', warning: 'warning', info: 'note' };

/** A plan as SARIF 2.1.0: each consumer's verdict and each finding a result at its line. Who is safe is left out: nothing is wrong. */
export function formatPlanSarif({ plan, version }: PlanReport): JsonObject {
  const results = [
    ...placedEffects(plan)
      .filter(({ effect }) => effect.verdict !== 'safe')
      .map(effectResult),
    ...plan.findings.map(findingResult),
  ];
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Hanse', version, semanticVersion: version, rules: rules.map((id) => ({ id, shortDescription: { text: meaningOf(id) } })) } },
        automationDetails: { id: `hanse-plan/${encodeURIComponent(plan.home.toWellFormed())}/` },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true }],
        results: results.map((result) => ({ ...result, ruleIndex: rules.indexOf(result.ruleId) })),
      },
    ],
  };
}

function meaningOf(rule: string): string {
  const kind = rule.replace(/^change\//, '');
  if (rule !== kind && Object.hasOwn(changeKinds, kind)) return Object.entries(changeKinds).find(([name]) => name === kind)?.[1].meaning ?? kind;
  return Object.entries(findingCodes).find(([name]) => name === rule)?.[1] ?? 'An agreement ends, or gives something else.';
}

function levelOf(effect: EffectAnswer): Level {
  if (keepsBack(effect)) return effect.verdict === 'breaks' ? 'error' : 'warning';
  return effect.side === 'reader' && effect.verdict !== 'accepted' && effect.level === 'warn' ? 'warning' : 'note';
}

function effectResult({ effect, message, at }: PlacedEffect) {
  const subject = [effect.table, effect.column].filter((part) => part !== null).join('.');
  return {
    ruleId: `change/${effect.kind}`,
    kind: 'fail',
    level: levelOf(effect),
    message: { text: text(message) },
    ...located(at, subject),
    partialFingerprints: { 'hanseChange/v1': [effect.side, effect.consumer, effect.table, effect.key].join(' ') },
    properties: { verdict: effect.verdict, side: effect.side, consumer: effect.consumer, agreement: effect.agreement, noticeEnds: effect.noticeEnds },
  };
}

function findingResult({ code, severity, message, hint, ref, at }: FindingAnswer) {
  return {
    ruleId: code,
    kind: 'fail',
    level: LEVELS[severity],
    message: { text: text([message, hint].filter((part) => part !== undefined).join('. ')) },
    ...located(at, ref ?? ''),
    partialFingerprints: { 'hanseFinding/v1': [code, ref, message].filter((part) => part !== undefined).join(' ') },
    properties: { severity },
  };
}

/** In a plain message, a text in brackets could be a link, and one in braces a placeholder (§3.11.5, §3.11.6). */
function text(message: string): string {
  return message
    .toWellFormed()
    .replaceAll(/[[\]\\]/g, String.raw`\$&`)
    .replaceAll('{', '{{')
    .replaceAll('}', '}}');
}

function located(at: FindingAnswer['at'], subject: string) {
  const logical = subject === '' ? {} : { logicalLocations: [{ fullyQualifiedName: subject, kind: 'member' }] };
  if (at === undefined) return subject === '' ? {} : { locations: [logical] };
  return {
    locations: [{ physicalLocation: { artifactLocation: { uri: fileUri(at.file) }, region: { startLine: at.line, startColumn: at.column } }, ...logical }],
  };
}
