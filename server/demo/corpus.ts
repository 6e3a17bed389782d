import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCore } from '../../core/host/index.js';
import { TamgaError } from '../../engine/errors.js';
import { CodeScribe } from './code-bytes.js';
import { DemoIssuer } from './demo-issuer.js';
import { GOODS } from './goods.js';
import { makePlan } from './plan.js';
import type { Planted } from './planted.js';
import { OWNERS, SUPPLIER, TODAY } from './stock.js';
import { BUYER } from './upd-text.js';
import { writeDelivery } from './write-delivery.js';
import { writeRegister } from './write-register.js';
import { writeScans } from './write-scans.js';

export type CorpusStage = 'register' | 'delivery' | 'scans';

export interface CorpusOptions {
  /** Units in the register, 20,000 to 20,000,000; packages come on top. */
  registered: number;
  /** Units in the delivery, from a tenth to half of the register. */
  delivered: number;
  /** 32-bit seed: the same seed and sizes give the same bytes. */
  seed: number;
  /** Called every 65,536 codes or lines of a stage, and at its end. */
  onProgress?: (stage: CorpusStage, done: number, total: number) => void;
}

/** A register, a delivery and what was scanned of it, with the findings that were planted. */
export interface Corpus {
  paths: {
    /** Register snapshot, CSV with `;`. */
    register: string;
    /** Supplier's title of a universal transfer document 5.03. */
    delivery: string;
    /** Scanned lines: full codes, package labels, and what is no code. */
    scans: string;
    /** Key file of the tails that the codes carry, and the file of its secrets. */
    keys: string;
    secrets: string;
  };
  counts: {
    /** Of the register. */
    units: number;
    boxes: number;
    pallets: number;
    /** Units of the delivery. */
    delivered: number;
    /** Of the document: lines, units named one by one, packages named. */
    deliveryLines: number;
    deliveryCodes: number;
    deliveryPackages: number;
    /** Lines of the scan file, blank ones included. */
    scanLines: number;
  };
  /** Taxpayer numbers. */
  supplier: string;
  buyer: string;
  /** Day of the scanning, `YYYY-MM-DD`; what expires on it is not expired yet. */
  today: string;
  planted: Planted;
}

const SECRETS_FILE = 'secrets.json';
const UNITS_LEAST = 20_000;
/** Line numbers are packed into 28 bits, with room for codes outside the register. */
const UNITS_MOST = 20_000_000;

/**
 * Writes the demonstration corpus into `folder` (made when missing): `register.csv`, `delivery.xml`, `scans.txt`, `keys.json`, `secrets.json`, replacing what is there.
 * Files are streamed; memory is about 25 bytes a unit.
 * @throws RangeError when the sizes or the seed are out of range
 * @throws TamgaError DISK_FULL or OUTPUT_FAILED when a file can't be written
 */
export async function writeCorpus(folder: string, options: CorpusOptions): Promise<Corpus> {
  const { registered, delivered, seed, onProgress } = options;
  checkSizes(options);
  const scribe = new CodeScribe(seed, GOODS);
  const { stock, delivery, lines, planted } = makePlan(registered, delivered, seed, scribe);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw new TamgaError('OUTPUT_FAILED', { path: folder, detail }, { cause: error });
  });
  const paths = {
    register: join(folder, 'register.csv'),
    delivery: join(folder, 'delivery.xml'),
    scans: join(folder, 'scans.txt'),
    keys: join(folder, 'keys.json'),
    secrets: join(folder, SECRETS_FILE),
  };
  const report = (stage: CorpusStage, total: number) => (done: number) => onProgress?.(stage, done, total);
  await writeRegister(paths.register, stock, scribe, report('register', registered));
  const named = await writeDelivery(paths.delivery, stock, delivery, scribe, seed, report('delivery', delivered));
  const issuer = new DemoIssuer(await loadCore(), seed);
  await issuer.writeFiles(paths.keys, paths.secrets, SECRETS_FILE);
  await writeScans(paths.scans, lines, stock, scribe, issuer, report('scans', lines.length));
  return {
    paths,
    counts: {
      units: registered,
      boxes: stock.boxes,
      pallets: stock.pallets,
      delivered,
      deliveryLines: named.lines,
      deliveryCodes: named.codes,
      deliveryPackages: named.packages,
      scanLines: lines.length,
    },
    supplier: OWNERS[SUPPLIER],
    buyer: BUYER,
    today: TODAY,
    planted,
  };
}

function checkSizes({ registered, delivered, seed }: CorpusOptions): void {
  const within = (name: string, value: number, least: number, most: number) => {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${name} is ${value}; expected a whole number from ${least} to ${most}`);
    }
  };
  within('registered', registered, UNITS_LEAST, UNITS_MOST);
  within('delivered', delivered, Math.ceil(registered / 10), Math.floor(registered / 2));
  within('seed', seed, 0, 2 ** 32 - 1);
}
