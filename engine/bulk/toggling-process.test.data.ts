// A process that says of codes, in events of some hundreds, now that they are in circulation with one owner, now that another sold them.
import { Register } from '../register/register.js';
import { eventOf } from '../register/register.test.data.js';
import { STATE_NUMBER } from '../register/states.js';
import { keyOf } from './lists.test.data.js';

const EVENT_CODES = 500;
const [path, codes] = [process.argv[2] as string, Number(process.argv[3])];
const register = Register.open(path);
process.send?.('open');
// It also brings new codes, which the image takes in.
for (let round = 0, fresh = codes; process.connected; round++) {
  for (let from = 0; from < codes; from += EVENT_CODES) {
    const state = STATE_NUMBER[round % 2 === 1 ? 'INTRODUCED' : 'RETIRED'];
    const said = Array.from({ length: EVENT_CODES }, (_, i) => [keyOf(from + i), { state, owner: 0 }] as const);
    await register.submit(eventOf({ codes: said, texts: [round % 2 === 1 ? 'ours' : 'theirs'], salt: round }));
  }
  await register.submit(eventOf({ codes: [[keyOf(fresh++), { state: STATE_NUMBER.RETIRED }]] }));
}
await register.close();
