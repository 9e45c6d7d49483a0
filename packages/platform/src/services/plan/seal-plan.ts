import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Plan } from '@hanse/core/api/shapes.ts';
import { canonicalJson, type JsonObject } from '@hanse/core/document/document.ts';

/** Marks a plan as made by this mesh: its steps hold parsed documents, which nobody may put words into. */
export function sealPlan(secret: string, plan: Omit<Plan, 'seal'>): Plan {
  return { ...plan, seal: sealOf(secret, plan) };
}

export function isSealed(secret: string, { seal, ...plan }: Plan): boolean {
  const [given, made] = [Buffer.from(seal), Buffer.from(sealOf(secret, plan))];
  return given.length === made.length && timingSafeEqual(given, made);
}

function sealOf(secret: string, plan: Omit<Plan, 'seal'>): string {
  const plain = JSON.parse(JSON.stringify(plan)) as JsonObject;
  return createHmac('sha256', secret).update('plan\n').update(canonicalJson(plain)).digest('hex');
}
