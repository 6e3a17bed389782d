// A process that opens a register and says how that went: a broken one may end the process.
import { isTamgaError } from '../errors.js';
import { Register } from './register.js';

try {
  const register = Register.open(process.argv[2] as string);
  process.stdout.write(`opened at event ${register.view().lastEvent}`);
} catch (error) {
  process.stdout.write(isTamgaError(error) ? error.code : String(error));
}
