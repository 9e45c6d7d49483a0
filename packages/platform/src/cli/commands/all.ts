import type { Command } from '../command.ts';
import { adopt } from './adopt.ts';
import { accessAccept, accessAnswers, accessList, accessRequest } from './access.ts';
import { build } from './build.ts';
import { collect, doctor } from './care.ts';
import { checks } from './checks.ts';
import { exportCommand } from './export.ts';
import { init } from './init.ts';
import { lineage } from './lineage.ts';
import { log, logVerify, products, reads, status, tokenCreate } from './look.ts';
import { apply, plan } from './plan.ts';
import { pull } from './pull.ts';
import { query } from './query.ts';
import { test } from './test.ts';
import { up } from './up.ts';
import { usageImport, usageImportDbt } from './usage.ts';

/** Every verb, in the order in which a newcomer meets them. */
export const commands: readonly Command[] = [
  init,
  adopt,
  plan,
  apply,
  pull,
  build,
  test,
  checks,
  exportCommand,
  up,
  products,
  query,
  accessRequest,
  ...accessAnswers,
  accessAccept,
  accessList,
  status,
  lineage,
  log,
  logVerify,
  reads,
  usageImportDbt,
  usageImport,
  tokenCreate,
  doctor,
  collect,
];
