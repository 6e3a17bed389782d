/** The process that {@link checkRegister} starts. */

import { checkStore } from './check-store.js';
import { Register } from './register.js';

const path = process.argv[2] as string;
const register = Register.open(path);
const findings = checkStore(register.store);
const { codes, lastEvent } = register.view();
let digest = '';
if (findings.count === 0) digest = register.digest();
const report = {
  path,
  ok: findings.count === 0,
  codes,
  lastEvent,
  digest,
  findings: findings.kept,
  findingsCount: findings.count,
};
process.send?.(report, () => process.exit(0));
