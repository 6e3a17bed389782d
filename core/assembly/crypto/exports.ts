// The functions and sizes of crypto that the host calls and knows; see core/host/crypto/symmetric-exports.ts.
export { BASE64_STANDARD, BASE64_UNPADDED, BASE64_URL, decodeBase64 } from './base64';
export {
  KUZNYECHIK_CMAC_SCRATCH_BYTES,
  KUZNYECHIK_CMAC_STATE_BYTES,
  kuznyechikCmacMany,
  prepareKuznyechikCmac,
} from './cmac-kuznyechik';
export { MAGMA_CMAC_SCRATCH_BYTES, MAGMA_CMAC_STATE_BYTES, magmaCmacMany, prepareMagmaCmac } from './cmac-magma';
export { isEqualConstantTime } from './compare';
export { ecdsaVerifyMany } from './ecdsa';
export { gostVerifyMany, verifyScratchBytes } from './gost3410';
export {
  HMAC_SHA256_SCRATCH_BYTES,
  HMAC_SHA256_STATE_BYTES,
  hmacSha256Many,
  prepareHmacSha256,
} from './hmac-sha256';
export {
  HMAC_STREEBOG256_SCRATCH_BYTES,
  HMAC_STREEBOG256_STATE_BYTES,
  hmacStreebog256Many,
  prepareHmacStreebog256,
} from './hmac-streebog';
export {
  curveTableBytes,
  KEY_TABLE_LARGE,
  KEY_TABLE_SMALL,
  keyTableBytes,
  prepareCurve,
  prepareKey,
  prepareScratchBytes,
} from './keys';
export { SHA256_STATE_BYTES, sha256Add, sha256End, sha256Start } from './sha256';
export { SHA256_SCRATCH_BYTES, sha256Many } from './sha256-lanes';
export {
  STREEBOG_SCRATCH_BYTES,
  STREEBOG_STATE_BYTES,
  streebog256Many,
  streebog512Many,
  streebogAdd,
  streebogEnd,
  streebogStart,
} from './streebog';
