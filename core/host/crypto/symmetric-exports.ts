// What core/assembly/crypto/exports.ts gives the host. Addresses and lengths are numbers in the module's memory.

type Many = (state: number, n: number, messages: number, offsets: number, out: number, scratch: number) => void;
type HashMany = (n: number, messages: number, offsets: number, out: number, scratch: number) => void;

export interface SymmetricExports {
  sha256Start(state: number): void;
  sha256Add(state: number, at: number, length: number): void;
  sha256End(state: number, digest: number): void;
  sha256Many: HashMany;
  streebogStart(state: number, size: number): void;
  streebogAdd(state: number, at: number, length: number): void;
  streebogEnd(state: number, digest: number): void;
  streebog256Many: HashMany;
  streebog512Many: HashMany;
  prepareHmacSha256(key: number, length: number, state: number): void;
  hmacSha256Many: Many;
  prepareHmacStreebog256(key: number, length: number, state: number): void;
  hmacStreebog256Many: Many;
  prepareKuznyechikCmac(key: number, state: number): void;
  kuznyechikCmacMany: Many;
  prepareMagmaCmac(key: number, state: number): void;
  magmaCmacMany: Many;
  /** The number of bytes, or −1 − the position of the first wrong byte, as an unsigned number: `| 0` gives the sign back. */
  decodeBase64(at: number, length: number, alphabet: number, out: number): number;
  isEqualConstantTime(a: number, b: number, n: number): number;
}

export const SYMMETRIC_FUNCTIONS = [
  'sha256Start',
  'sha256Add',
  'sha256End',
  'sha256Many',
  'streebogStart',
  'streebogAdd',
  'streebogEnd',
  'streebog256Many',
  'streebog512Many',
  'prepareHmacSha256',
  'hmacSha256Many',
  'prepareHmacStreebog256',
  'hmacStreebog256Many',
  'prepareKuznyechikCmac',
  'kuznyechikCmacMany',
  'prepareMagmaCmac',
  'magmaCmacMany',
  'decodeBase64',
  'isEqualConstantTime',
] as const satisfies readonly (keyof SymmetricExports)[];

export const SYMMETRIC_LAYOUT = [
  'SHA256_STATE_BYTES',
  'SHA256_SCRATCH_BYTES',
  'STREEBOG_STATE_BYTES',
  'STREEBOG_SCRATCH_BYTES',
  'HMAC_SHA256_STATE_BYTES',
  'HMAC_SHA256_SCRATCH_BYTES',
  'HMAC_STREEBOG256_STATE_BYTES',
  'HMAC_STREEBOG256_SCRATCH_BYTES',
  'KUZNYECHIK_CMAC_STATE_BYTES',
  'KUZNYECHIK_CMAC_SCRATCH_BYTES',
  'MAGMA_CMAC_STATE_BYTES',
  'MAGMA_CMAC_SCRATCH_BYTES',
  'BASE64_STANDARD',
  'BASE64_URL',
  'BASE64_UNPADDED',
] as const;
