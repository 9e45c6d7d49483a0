import { isError, type Finding } from '../finding/finding.ts';
import { documentLimits } from './limits.ts';

/** As many findings as a person can read, errors before the rest where there are more. */
export function boundFindings(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= documentLimits.findings) return findings;
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))].slice(0, documentLimits.findings);
}
