/** A client that scans one code after the other and prints the median and the 99th percentile of its waits in milliseconds as JSON: `node … ADDRESS KEY COUNT`. */
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type SocketConstructor, StreamClient } from '../../stream-client/index.js';

const [url = '', key = '', count = ''] = process.argv.slice(2);
let answer: () => void = () => undefined;
const client = new StreamClient({
  url,
  key,
  WebSocket: WebSocket as unknown as SocketConstructor,
  onVerdict: () => answer(),
});
while (client.state.name !== 'open') await setTimeout(5);
const times: number[] = [];
for (let i = 0; i < Number(count) + 50; i++) {
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const at = performance.now();
  client.scan(`010952000000606821STRAY${String(i).padStart(8, '0')}`);
  await answered;
  // The first ones warm up.
  if (i >= 50) times.push(performance.now() - at);
  await setTimeout(1);
}
client.close();
times.sort((a, b) => a - b);
const at = (part: number): number => times[Math.floor(times.length * part)]!;
process.stdout.write(JSON.stringify({ p50: at(0.5), p99: at(0.99) }));
