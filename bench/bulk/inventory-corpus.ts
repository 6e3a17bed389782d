/**
 * An inventory for the comparison with databases: a register of packs of medicine, and a shuffled list of scanned full codes
 * (85 characters, tails of 44). Made once, kept under the temporary folder.
 */
import { once } from 'node:events';
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { openEngine } from '../../engine/index.js';
import { SCHEMA_VERSION } from '../../engine/register/store.js';
import { checkDigit } from '../../server/demo/check-digit.js';

export interface InventoryCorpus {
  folder: string;
  /** `code;status;owner`, in key order. */
  registerCsv: string;
  /** One full code a line, in no order. */
  scans: string;
  register: string;
  registered: number;
  scanned: number;
  owner: string;
  /** What must be found. */
  answer: InventoryAnswer;
}

/** Units: scanned and the owner's, scanned and another's, scanned and not registered, the owner's and not scanned. */
export interface InventoryAnswer {
  found: number;
  otherOwner: number;
  unknown: number;
  missing: number;
}

/** Changes when what is written below does. */
const VERSION = 2;
export const OWNER = '300000001';
const OTHER = '300000002';
/** One code of so many is another owner's. */
const OTHER_EVERY = 20;
/** One scan of so many is of a code that nobody registered. */
const UNKNOWN_EVERY = 25;
const GTINS = 16;
/** Serials are so far apart that one more is nobody's. */
const SERIAL_STEP = 7919;
const GS = '\x1d';

export async function inventoryCorpus(registered: number, scanned: number): Promise<InventoryCorpus> {
  const folder = join(tmpdir(), `tamga-bench-inventory-${registered}-${scanned}-v${VERSION}`);
  const registerCsv = join(folder, 'register.csv');
  const scans = join(folder, 'scans.txt');
  const register = join(folder, `register-schema-${SCHEMA_VERSION}`);
  if (!existsSync(join(folder, 'ready'))) {
    process.stderr.write(`making an inventory of ${registered} codes in ${folder} …\n`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeLines(registerCsv, registerLines(registered));
    await writeLines(scans, scanLines(registered, scanned));
    await writeFile(join(folder, 'ready'), '');
  }
  if (!existsSync(register)) {
    process.stderr.write(`importing ${registered} codes …\n`);
    const part = `${register}.part`;
    await rm(part, { recursive: true, force: true });
    const engine = await openEngine({ register: part, create: true });
    await engine.import([registerCsv]);
    await engine.close();
    await rename(part, register);
  }
  const answer = answerOf(registered, scanned);
  return { folder, registerCsv, scans, register, registered, scanned, owner: OWNER, answer };
}

/** GTIN + serial of registered code `n`; ascending with n. */
export function keyOf(n: number, registered: number): string {
  const good = Math.floor((n * GTINS) / registered);
  return gtinOf(good) + serialOf(n * SERIAL_STEP);
}

function gtinOf(good: number): string {
  const body = `095200000${String(good).padStart(4, '0')}`;
  return body + checkDigit(body);
}

const serialOf = (value: number): string => `S${String(value).padStart(12, '0')}`;

function* registerLines(registered: number): Generator<string> {
  yield 'code;status;owner';
  for (let n = 0; n < registered; n++) {
    const key = keyOf(n, registered);
    yield `01${key.slice(0, 14)}21${key.slice(14)};INTRODUCED;${isOthers(n) ? OTHER : OWNER}`;
  }
}

/** Full codes as a scanner gives them; each code once. */
function* scanLines(registered: number, scanned: number): Generator<string> {
  for (let i = 0; i < scanned; i++) {
    if (!isUnknown(i)) yield scanOf(i, registered);
    else yield fullCode(gtinOf(i % GTINS) + serialOf(registeredOf(i, registered) * SERIAL_STEP + 1));
  }
}

/** Scan `i` of registered codes in no order: each code once in as many scans as there are codes. */
export function scanOf(i: number, registered: number): string {
  return fullCode(keyOf(registeredOf(i, registered), registered));
}

const TAIL = Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64').slice(0, 43);
const fullCode = (key: string): string => `01${key.slice(0, 14)}21${key.slice(14)}${GS}91EE06${GS}92${TAIL}=`;

const steps = new Map<number, number>();

/** A step that shares no factor with the size visits every code once, in no order. */
function registeredOf(i: number, registered: number): number {
  let step = steps.get(registered);
  if (step === undefined) {
    step = Math.floor((registered * 0.6180339887) / 2) * 2 + 1;
    while (commonFactor(step, registered) !== 1) step += 2;
    steps.set(registered, step);
  }
  // i · step without its high part: products of 2³² by 2³² are past a double's 53 bits.
  const low = i % 65_536;
  const high = (i - low) / 65_536;
  return (((high * step) % registered) * 65_536 + low * step) % registered;
}

const commonFactor = (a: number, b: number): number => (b === 0 ? a : commonFactor(b, a % b));
const isOthers = (n: number): boolean => n % OTHER_EVERY === 0;
const isUnknown = (i: number): boolean => i % UNKNOWN_EVERY === 0;

function answerOf(registered: number, scanned: number): InventoryAnswer {
  const answer: InventoryAnswer = { found: 0, otherOwner: 0, unknown: 0, missing: 0 };
  for (let i = 0; i < scanned; i++) {
    if (isUnknown(i)) answer.unknown++;
    else if (isOthers(registeredOf(i, registered))) answer.otherOwner++;
    else answer.found++;
  }
  const own = registered - Math.ceil(registered / OTHER_EVERY);
  answer.missing = own - answer.found;
  return answer;
}

const PIECE_LENGTH = 1 << 16;

/** Writes lines, each ended by a line feed. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const out: WriteStream = createWriteStream(path);
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    if (!out.write(piece, 'latin1')) await once(out, 'drain');
    piece = '';
  }
  out.end(piece, 'latin1');
  await finished(out);
}
