import type { FindingCode } from '@hanse/core/finding/codes.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';

export type Report = (finding: Finding) => void;

/** A finding that something in the store is not what was committed. */
export function changed(code: FindingCode, ref: string, what: string): Finding {
  return {
    code,
    severity: 'error',
    ref,
    message: `${ref}: ${what}.`,
    hint: 'The store was changed from outside, or its disk is failing. Keep a copy for inquiry and restore a backup.',
  };
}
