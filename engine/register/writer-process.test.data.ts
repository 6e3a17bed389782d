// A process that writes one event into a register and says when it is on disk.
import { Register } from './register.js';
import { eventOf, unit } from './register.test.data.js';

const register = Register.open(process.argv[2] as string);
await register.submit(eventOf({ codes: [[unit(77), { price: 77 }]] }));
process.send?.('written');
await register.close();
