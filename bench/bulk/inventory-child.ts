/** An inventory in a process of its own, which prints its answer. */
import { openEngine } from '../../engine/index.js';
import { answerOf } from './reconcile-inventory.js';

const [register, owner, scans] = process.argv.slice(2);
const engine = await openEngine({ register, workers: 2 });
const result = await engine.reconcile({ expected: [], expectedSet: { owner }, scanned: [scans] });
process.stdout.write(JSON.stringify(answerOf(result.report)));
await result.close();
await engine.close();
