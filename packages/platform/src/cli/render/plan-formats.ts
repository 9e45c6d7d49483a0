import type { PlanReport } from '@hanse/core/report/plan-report.ts';
import type { Terminal } from '../command.ts';
import { renderPlan } from './plan.ts';

export const planFormats = ['text', 'json', 'markdown', 'junit', 'sarif', 'github'] as const;
export type PlanFormat = (typeof planFormats)[number];

/** A plan for whoever reads it: people, a pull request, or a tool of CI. */
export async function renderPlanAs(format: PlanFormat, report: PlanReport, terminal: Terminal): Promise<string> {
  switch (format) {
    case 'text':
      return renderPlan(report.plan, terminal);
    case 'json':
      return JSON.stringify(report.plan);
    case 'markdown':
      return (await import('@hanse/core/report/format-plan-markdown.ts')).formatPlanMarkdown(report).trimEnd();
    case 'junit':
      return (await import('@hanse/core/report/format-plan-junit.ts')).formatPlanJunit(report).trimEnd();
    case 'sarif':
      return JSON.stringify((await import('@hanse/core/report/format-plan-sarif.ts')).formatPlanSarif(report));
    case 'github':
      return (await import('@hanse/core/report/format-plan-github.ts')).formatPlanGithub(report);
    default:
      return format satisfies never;
  }
}
