import { z } from 'zod';
import { durationDays } from './duration-days.ts';
import { utcTime } from './utc-time.ts';

const text = z.string().min(1);
const note = z.string().optional();
const time = z.string().refine((value) => utcTime(value, 'start') !== undefined, {
  message: 'is no date or time',
  params: { hint: 'Write 2026-01-31, or a time in UTC as 2026-01-31T10:00:00Z.' },
});
const days = z.string().refine((value) => durationDays(value) !== undefined, {
  message: 'is no length of time in days',
  params: { hint: 'Write an ISO 8601 duration, as P90D or P3M.' },
});

/** What is ours in an agreement, as custom properties. */
export const ownTerms = z.strictObject({
  onward: z.enum(['no', 'aggregate', 'yes']).default('no'),
  noticePeriod: days.default('P30D'),
  requestedBy: text.optional(),
  answeredBy: text.optional(),
  reason: text.optional(),
  revoked: z.boolean().default(false),
});

const custom = z.strictObject({ id: text.optional(), property: text, value: z.unknown(), description: note, vendor: note });
const definition = z.strictObject({ id: text.optional(), type: text, url: text, description: note });

/** The draft of Bitol's Open Access Agreement Standard (RFC 0056). */
export const accessAgreement = z.strictObject({
  apiVersion: z.literal('v0.9.0'),
  kind: z.literal('AccessAgreement'),
  id: text,
  name: note,
  version: note,
  status: z.enum(['requested', 'approved', 'rejected']),
  startTimestamp: time.optional(),
  endTimestamp: time.optional(),
  nextReassessmentTimestamp: time.optional(),
  description: z.strictObject({ purpose: text, usage: note, limitations: note, terms: note }),
  provider: z.strictObject({ teamId: text, dataProductId: text, outputPortId: text, dataContractId: text.optional(), dataContractVersion: text.optional() }),
  consumer: z.strictObject({ teamId: text.optional(), dataProductId: text.optional(), userId: text.optional() }),
  roles: z.array(z.strictObject({ role: text })).optional(),
  tags: z.array(z.string()).optional(),
  authoritativeDefinitions: z.array(definition).optional(),
  customProperties: z.array(custom).optional(),
});
