// A process that reads a register while another writes it: answers which of the codes it is sent are there.
import { Register } from './register.js';
import { unit } from './register.test.data.js';

const register = Register.open(process.argv[2] as string);

function answer(codes: readonly string[]): void {
  process.send?.({
    lastEvent: register.view().lastEvent,
    owners: [...register.names.all('owner')].map(({ text }) => text),
    found: codes.filter((code) => register.find(code) !== null && register.find(code)?.owner !== null),
  });
}

process.on('message', (codes: string[]) => {
  register.refresh();
  answer(codes);
});
answer([unit(0), unit(1)]);
