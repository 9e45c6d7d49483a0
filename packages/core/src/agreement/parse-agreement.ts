import type { z } from 'zod';
import { checkShape } from '../document/check-shape.ts';
import { didYouMean } from '../document/did-you-mean.ts';
import { objectOf, optional } from '../document/json.ts';
import { positionOf, type Path, type SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { majorOf } from '../mesh/mesh.ts';
import { accessAgreement, ownTerms } from './agreement-shape.ts';
import type { Agreement, AgreementConsumer } from './agreement.ts';
import { durationDays } from './duration-days.ts';
import { utcTime } from './utc-time.ts';

export interface ParsedAgreement {
  readonly agreement?: Agreement;
  readonly findings: readonly Finding[];
}

/** An agreement document as an agreement; absent where a finding is an error. Dates are days in UTC, the last one included. */
export function parseAgreement(document: SourceDocument): ParsedAgreement {
  const kind = objectOf(document.value)['kind'];
  if (kind !== 'AccessAgreement') return { findings: [kindFinding(document, kind)] };
  const parsed = parseAccess(document);
  const { agreement } = parsed;
  if (agreement === undefined || agreement.end > agreement.start) return parsed;
  const words = {
    message: `the agreement ends (${agreement.end.slice(0, 10)}) before it starts (${agreement.start.slice(0, 10)})`,
    hint: 'Put the end after the start.',
  };
  return { findings: [{ ...report(document, ['endTimestamp'], words), code: 'agreement.dates' }] };
}

function parseAccess(document: SourceDocument): ParsedAgreement {
  const { value, findings } = checkShape(document, accessAgreement);
  if (value === undefined) return { findings };
  const ours = parseTerms(document, value);
  const all = [...missingTerms(document, value), ...ours.findings];
  if (ours.terms === undefined || all.length > 0) return { findings: all };
  const { terms } = ours;
  const status = value.status === 'approved' ? 'active' : value.status;
  const agreement: Agreement = {
    id: value.id,
    provider: { productId: value.provider.dataProductId, port: value.provider.outputPortId, major: majorOf(value.provider.dataContractVersion ?? '') },
    consumer: consumerOf({ domain: value.consumer.teamId ?? '', productId: value.consumer.dataProductId, username: value.consumer.userId }),
    role: value.roles?.[0]?.role ?? '',
    purpose: value.description.purpose.trim(),
    ...times(value.startTimestamp ?? '1970-01-01', value.endTimestamp ?? ''),
    ...answer({ ...terms, requestedBy: terms.requestedBy ?? value.consumer.userId ?? value.consumer.teamId ?? '' }),
    status: terms.revoked ? 'revoked' : status,
  };
  return { agreement, findings: [] };
}

type Terms = z.infer<typeof ownTerms>;

function answer(
  terms: Omit<Terms, 'revoked' | 'requestedBy'> & { readonly requestedBy: string },
): Pick<Agreement, 'onward' | 'noticeDays' | 'requestedBy' | 'answeredBy' | 'reason'> {
  return {
    onward: terms.onward,
    noticeDays: durationDays(terms.noticePeriod) ?? 0,
    requestedBy: terms.requestedBy,
    ...optional('answeredBy', terms.answeredBy),
    ...optional('reason', terms.reason),
  };
}

function times(start: string, end: string): Pick<Agreement, 'start' | 'end'> {
  return { start: utcTime(start, 'start') ?? '', end: utcTime(end, 'end') ?? '' };
}

function consumerOf(written: { readonly domain: string; readonly productId: string | undefined; readonly username: string | undefined }): AgreementConsumer {
  const { domain, productId, username } = written;
  if (username !== undefined) return { kind: 'person', username, domain };
  return productId === undefined ? { kind: 'domain', domain } : { kind: 'product', productId, domain };
}

/** Custom properties that Hanse does not know belong to somebody else. */
function parseTerms(document: SourceDocument, value: z.infer<typeof accessAgreement>): { readonly terms?: Terms; readonly findings: readonly Finding[] } {
  const known = new Set(Object.keys(ownTerms.shape));
  const given = (value.customProperties ?? []).filter(({ property }) => known.has(property));
  const result = ownTerms.safeParse(Object.fromEntries(given.map(({ property, value: each }) => [property, each])));
  if (result.success) return { terms: result.data, findings: [] };
  return {
    findings: result.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const index = value.customProperties?.findIndex(({ property }) => property === name) ?? -1;
      const values = issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : 'has a value of another kind than it should';
      const hint = issue.code === 'custom' ? String(issue.params?.['hint']) : 'Correct the value, or remove the property.';
      return report(document, ['customProperties', index, 'value'], {
        message: `the custom property \`${name}\` ${issue.code === 'custom' ? issue.message : values}`,
        hint,
      });
    }),
  };
}

function missingTerms(document: SourceDocument, value: z.infer<typeof accessAgreement>): readonly Finding[] {
  const { consumer, provider, roles = [] } = value;
  const findings: Finding[] = [];
  const miss = (path: Path, message: string, hint: string) => findings.push(report(document, path, { message, hint }));
  if (roles.length !== 1) {
    const hint = "Write `roles: [{role: <one of the contract's roles>}]`; another role is another agreement.";
    miss(['roles'], `the agreement names ${roles.length === 0 ? 'no role' : 'several roles'}`, hint);
  }
  if (value.endTimestamp === undefined) miss(['endTimestamp'], 'the agreement has no end', 'Add `endTimestamp: 2027-12-31`; it can be renewed.');
  if (provider.dataContractVersion === undefined) {
    const hint = 'Add `dataContractVersion: 1.0.0` under `provider`; its major version counts.';
    miss(['provider', 'dataContractVersion'], 'the agreement does not say which version of the contract it is for', hint);
  }
  if (consumer.teamId === undefined)
    miss(['consumer', 'teamId'], "the agreement does not name the consumer's domain", 'Add `teamId: <domain>` under `consumer`.');
  if (consumer.dataProductId !== undefined && consumer.userId !== undefined) findings.push(bothFinding(document));
  return findings;
}

function bothFinding(document: SourceDocument): Finding {
  return report(document, ['consumer'], {
    message: 'the agreement is for a product and for a person at once',
    hint: 'Keep `dataProductId` or `userId`; the other is another agreement.',
  });
}

function kindFinding(document: SourceDocument, kind: unknown): Finding {
  const message = kind === undefined ? '`kind` is missing' : `\`${String(kind)}\` is no kind of agreement`;
  return report(document, ['kind'], { message, hint: didYouMean(String(kind), ['AccessAgreement'], 'Write `kind: AccessAgreement`.') });
}

function report(document: SourceDocument, path: Path, words: { readonly message: string; readonly hint: string }): Finding {
  return { code: 'agreement.terms', severity: 'error', at: positionOf(document, path), ...words };
}
