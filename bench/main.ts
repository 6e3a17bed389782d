/** `npm run bench [-- SUITE…] [--json FILE] [--small]`: the suites by name; a name may be the beginning of one. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { reconcile } from './bulk/reconcile.js';
import { reconcileCold, reconcileInventory } from './bulk/reconcile-inventory.js';
import { verifyFile } from './bulk/verify-file.js';
import { parseBatch } from './core/parse-batch.js';
import { keyBytes } from './crypto/key-bytes.js';
import { hmacSha256, hmacStreebog, kuznyechikCmac, magmaCmac } from './crypto/macs.js';
import { ecdsaP256, gostCryptoProA, gostCryptoProB, gostCryptoProC, gostTc26A } from './crypto/signatures.js';
import { gs1 } from './gs1/gs1.js';
import { eventsDurable } from './register/events-durable.js';
import { loadSorted } from './register/load-sorted.js';
import { verifySingle } from './register/verify-single.js';
import type { BenchOptions, BenchResult } from './result.js';
import { check } from './server/check.js';
import { rawBulk } from './server/raw-bulk.js';
import { fiftyStreams, oneStream } from './server/stream.js';
import { thousandDevices } from './server/thousand.js';
import { tillDay } from './server/till-day.js';

const SUITES: Record<string, (options: BenchOptions) => Promise<BenchResult[]>> = {
  'core/parse-batch': parseBatch,
  gs1,
  'crypto/gost-cryptopro-a': gostCryptoProA,
  'crypto/gost-tc26-a': gostTc26A,
  'crypto/gost-cryptopro-b': gostCryptoProB,
  'crypto/gost-cryptopro-c': gostCryptoProC,
  'crypto/ecdsa-p256': ecdsaP256,
  'crypto/hmac-streebog': hmacStreebog,
  'crypto/kuznyechik-cmac': kuznyechikCmac,
  'crypto/magma-cmac': magmaCmac,
  'crypto/hmac-sha256': hmacSha256,
  'crypto/key-bytes': keyBytes,
  'bulk/verify-file': verifyFile,
  'bulk/reconcile-1m-2m': reconcile,

  'bulk/reconcile-1m-10m': reconcileInventory,
  'bulk/reconcile-cold': reconcileCold,
  'register/load-sorted': loadSorted,
  'register/events-durable': eventsDurable,
  'register/verify-single': verifySingle,
  'server/raw-bulk': rawBulk,
  'server/check': check,
  'server/till-day': tillDay,
  'server/ws-1': oneStream,
  'server/ws-50': fiftyStreams,
  'server/thousand': thousandDevices,
};

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'string' },
    small: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const wanted = Object.keys(SUITES).filter(
  (id) =>
    positionals.length === 0 ||
    positionals.some((name) => id.startsWith(name) || name.startsWith(`${id}/`) || name.startsWith(`${id}-`)),
);
if (wanted.length === 0) {
  process.stderr.write(`There is no suite ${positionals.join(', ')}; there are: ${Object.keys(SUITES).join(', ')}\n`);
  process.exit(2);
}
const results: BenchResult[] = [];
for (const id of wanted) {
  results.push(...(await SUITES[id]({ small: values.small })));
  // After each suite: an hour's figures are not lost with the last one.
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
}
