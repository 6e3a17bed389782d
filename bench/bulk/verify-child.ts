/** A verification in a process of its own, which prints its peak memory in kilobytes. */
import { openEngine } from '../../engine/index.js';

const [path, register] = process.argv.slice(2);
const engine = await openEngine({ register, workers: 2 });
const result = await engine.verifyFile(path);
await result.close();
await engine.close();
process.stdout.write(String(process.resourceUsage().maxRSS));
