/*
 * What OpenSSL's gost-engine says, for the differential suite: it makes keys and signatures, spoils some, and prints for each its own verdict;
 * and it prints MACs of random messages. One JSON object a line, hex as in core/test/vectors.
 *
 *   gost-engine signatures <paramset> <keys> <signatures a key>
 *   gost-engine macs <hmac-streebog256|kuznyechik-cmac|magma-cmac> <count>
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/cmac.h>
#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(int ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "gost-engine: %s failed\n", what);
  exit(2);
}

static void hex(const char *name, const unsigned char *bytes, size_t length, const char *end) {
  printf("\"%s\":\"", name);
  for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
  printf("\"%s", end);
}

static unsigned below(unsigned bound) {
  unsigned value;
  require(RAND_bytes((unsigned char *)&value, sizeof value) == 1, "RAND_bytes");
  return value % bound;
}

/* Spoils a signature or digest in one of the ways that have broken verifiers; 0 leaves it as it is. */
static void spoil(int how, unsigned char digest[32], unsigned char signature[64], const unsigned char order[32]) {
  if (how == 1) signature[below(64)] ^= 1u << below(8);
  if (how == 2) digest[below(32)] ^= 1u << below(8);
  if (how == 3) memset(signature + (below(2) ? 32 : 0), 0, 32);
  if (how == 4) memcpy(signature + (below(2) ? 32 : 0), order, 32);
  if (how == 5) memset(signature, 0xff, 64);
  if (how == 6) {
    unsigned char swapped[64];
    memcpy(swapped, signature + 32, 32);
    memcpy(swapped + 32, signature, 32);
    memcpy(signature, swapped, 64);
  }
}

static void signatures(ENGINE *engine, const char *paramset, int keys, int each) {
  for (int k = 0; k < keys; k++) {
    EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_id(NID_id_GostR3410_2012_256, engine);
    EVP_PKEY *key = NULL;
    require(making && EVP_PKEY_keygen_init(making) == 1, "keygen_init");
    require(EVP_PKEY_CTX_ctrl_str(making, "paramset", paramset) == 1, "paramset");
    require(EVP_PKEY_keygen(making, &key) == 1, "keygen");
    const EC_KEY *ec = EVP_PKEY_get0(key);
    BIGNUM *x = BN_new(), *y = BN_new();
    unsigned char xs[32], ys[32], order[32];
    require(EC_POINT_get_affine_coordinates(EC_KEY_get0_group(ec), EC_KEY_get0_public_key(ec), x, y, NULL), "coordinates");
    BN_bn2binpad(x, xs, 32);
    BN_bn2binpad(y, ys, 32);
    BN_bn2binpad(EC_GROUP_get0_order(EC_KEY_get0_group(ec)), order, 32);
    EVP_PKEY_CTX *signing = EVP_PKEY_CTX_new(key, engine), *verifying = EVP_PKEY_CTX_new(key, engine);
    require(EVP_PKEY_sign_init(signing) == 1 && EVP_PKEY_verify_init(verifying) == 1, "init");
    for (int i = 0; i < each; i++) {
      unsigned char digest[32], signature[64]; /* s, then r, big-endian */
      size_t length = sizeof signature;
      RAND_bytes(digest, sizeof digest);
      if (below(32) == 0) memset(digest, below(2) ? 0x00 : 0xff, sizeof digest);
      require(EVP_PKEY_sign(signing, signature, &length, digest, sizeof digest) == 1, "sign");
      spoil(below(2) ? 0 : 1 + (int)below(6), digest, signature, order);
      int valid = EVP_PKEY_verify(verifying, signature, sizeof signature, digest, sizeof digest) == 1;
      printf("{");
      hex("x", xs, 32, ",");
      hex("y", ys, 32, ",");
      hex("digest", digest, 32, ",");
      hex("r", signature + 32, 32, ",");
      hex("s", signature, 32, ",");
      printf("\"valid\":%s}\n", valid ? "true" : "false");
    }
    EVP_PKEY_CTX_free(signing);
    EVP_PKEY_CTX_free(verifying);
    EVP_PKEY_CTX_free(making);
    EVP_PKEY_free(key);
    BN_free(x);
    BN_free(y);
  }
}

static void macs(ENGINE *engine, const char *name, int count) {
  const EVP_MD *streebog = ENGINE_get_digest(engine, NID_id_GostR3411_2012_256);
  const EVP_CIPHER *cipher = NULL;
  if (strcmp(name, "kuznyechik-cmac") == 0) cipher = ENGINE_get_cipher(engine, NID_kuznyechik_cbc);
  if (strcmp(name, "magma-cmac") == 0) cipher = ENGINE_get_cipher(engine, NID_magma_cbc);
  require(cipher || strcmp(name, "hmac-streebog256") == 0, name);
  for (int i = 0; i < count; i++) {
    unsigned char key[96], message[200], mac[64];
    size_t keyLength = cipher ? 32 : 1 + below(sizeof key), length = below(sizeof message), macLength = sizeof mac;
    RAND_bytes(key, sizeof key);
    RAND_bytes(message, sizeof message);
    if (cipher) {
      CMAC_CTX *context = CMAC_CTX_new();
      require(CMAC_Init(context, key, 32, cipher, engine) && CMAC_Update(context, message, length) && CMAC_Final(context, mac, &macLength), name);
      CMAC_CTX_free(context);
    } else {
      unsigned written = 0;
      require(HMAC(streebog, key, (int)keyLength, message, length, mac, &written) != NULL, name);
      macLength = written;
    }
    printf("{");
    hex("key", key, keyLength, ",");
    hex("msg", message, length, ",");
    hex("mac", mac, macLength, "}\n");
  }
}

int main(int count, char **words) {
  ENGINE_load_dynamic();
  ENGINE *engine = ENGINE_by_id("gost");
  require(engine && ENGINE_init(engine), "loading the engine (Debian: libengine-gost-openssl)");
  ENGINE_set_default(engine, ENGINE_METHOD_ALL);
  if (count == 5 && strcmp(words[1], "signatures") == 0) signatures(engine, words[2], atoi(words[3]), atoi(words[4]));
  else if (count == 4 && strcmp(words[1], "macs") == 0) macs(engine, words[2], atoi(words[3]));
  else return fprintf(stderr, "usage: see the head of gost-engine.c\n"), 2;
  return 0;
}
