/*
 * Native peers of the crypto benchmarks: gost-engine, nettle, libgcrypt, OpenSSL.
 *
 *   crypto-peers PEER PRIMITIVE INPUTS warm|cold
 *
 * INPUTS has a line a key and, behind it, a line for each of its checks; bytes in hexadecimal, "-" for none:
 *
 *   K key              M message mac                          primitives hmac-streebog, kuznyechik-cmac, magma-cmac, hmac-sha256
 *   P curve x y        S digest r s 1|0                       primitives gost, ecdsa-p256; digest in library order, 1 = valid
 *
 * All checks are made once; then a line of JSON: {"items":N,"wrong":W}, or {"unavailable":"why"}. Each line on standard input
 * makes all of them once more and answers the nanoseconds that took. Keys are set up before (warm) or for each check (cold).
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef unsigned char byte;
enum { PARTS = 3, PART_MAX = 4096, LINE_SIZE = 16384, ITEMS_MAX = 1 << 20, KEYS_MAX = 4096 };
typedef struct { size_t length; byte *bytes; } bytes_t;
typedef struct { char curve[64]; bytes_t parts[2]; void *state; } key_record;
typedef struct { key_record *key; bytes_t parts[PARTS]; int valid; void *state; } item_record;
typedef struct {
  const char *peer, *primitive;
  /* State of a key; NULL when the peer hasn't what it takes. */
  void *(*open)(const key_record *);
  void (*close)(void *);
  /* What a check needs that isn't the check: signatures in the peer's own form. May be NULL. */
  void *(*ready)(const item_record *);
  /* 1 when the peer computes the MAC, or judges the signature, as the item says. */
  int (*check)(void *key_state, const item_record *);
} peer_entry;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("{\"unavailable\":\"");
  vprintf(format, arguments);
  printf("\"}\n");
  va_end(arguments);
  exit(0);
}

static void *allocate(size_t size) {
  void *at = calloc(1, size ? size : 1);
  if (!at) fail("no memory");
  return at;
}

static int same(const item_record *item, int part, const byte *mac, size_t length) {
  return length == item->parts[part].length && memcmp(mac, item->parts[part].bytes, length) == 0;
}

static void reversed(byte *into, const byte *from, size_t length) {
  for (size_t i = 0; i < length; i++) into[i] = from[length - 1 - i];
}

#ifdef WITH_OPENSSL
#include <openssl/cmac.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

static ENGINE *gost(void) {
  static ENGINE *engine;
  if (engine) return engine;
  OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_ALL_BUILTIN, NULL);
  ENGINE_load_builtin_engines();
  engine = ENGINE_by_id("gost");
  if (!engine || !ENGINE_init(engine) || !ENGINE_set_default(engine, ENGINE_METHOD_ALL)) fail("OpenSSL has no engine gost");
  return engine;
}

static void *openssl_hmac(const key_record *key, const EVP_MD *digest) {
  HMAC_CTX *context = HMAC_CTX_new();
  if (!digest || !HMAC_Init_ex(context, key->parts[0].bytes, key->parts[0].length, digest, NULL)) fail("HMAC_Init_ex");
  return context;
}
static void *openssl_hmac_streebog(const key_record *key) {
  gost();
  static const EVP_MD *digest;
  if (!digest) digest = EVP_get_digestbyname("md_gost12_256");
  return openssl_hmac(key, digest);
}
static void *openssl_hmac_sha256(const key_record *key) { return openssl_hmac(key, EVP_sha256()); }
static void openssl_hmac_close(void *state) { HMAC_CTX_free(state); }
static int openssl_hmac_check(void *state, const item_record *item) {
  byte mac[64];
  unsigned length = 0;
  HMAC_Update(state, item->parts[0].bytes, item->parts[0].length);
  HMAC_Final(state, mac, &length);
  HMAC_Init_ex(state, NULL, 0, NULL, NULL);
  return same(item, 1, mac, length);
}

static void *openssl_cmac(const key_record *key, const char *name) {
  ENGINE *engine = gost();
  CMAC_CTX *context = CMAC_CTX_new();
  const EVP_CIPHER *cipher = EVP_get_cipherbyname(name);
  if (!cipher || !CMAC_Init(context, key->parts[0].bytes, key->parts[0].length, cipher, engine)) fail("CMAC_Init %s", name);
  return context;
}
static void *openssl_kuznyechik(const key_record *key) { return openssl_cmac(key, "kuznyechik-cbc"); }
static void *openssl_magma(const key_record *key) { return openssl_cmac(key, "magma-cbc"); }
static void openssl_cmac_close(void *state) { CMAC_CTX_free(state); }
static int openssl_cmac_check(void *state, const item_record *item) {
  byte mac[64];
  size_t length = 0;
  CMAC_Update(state, item->parts[0].bytes, item->parts[0].length);
  CMAC_Final(state, mac, &length);
  CMAC_Init(state, NULL, 0, NULL, NULL);
  return same(item, 1, mac, length);
}

/* SubjectPublicKeyInfo of GOST R 34.10-2012 with 256 bits, up to the curve's OID, which has 7 or 9 bytes. */
static void *gost_open(const key_record *key) {
  gost();
  static const struct { const char *name; byte length, oid[9]; } curves[] = {
    { "CryptoPro-A", 7, { 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x01 } },
    { "CryptoPro-B", 7, { 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x02 } },
    { "CryptoPro-C", 7, { 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x03 } },
    { "Test", 7, { 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x00 } },
    { "tc26-256-A", 9, { 0x2a, 0x85, 0x03, 0x07, 0x01, 0x02, 0x01, 0x01, 0x01 } },
  };
  static const byte algorithm[] = { 0x06, 0x08, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x01 };
  static const byte digest[] = { 0x06, 0x08, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x02 };
  for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
    if (strcmp(curves[i].name, key->curve) != 0) continue;
    byte der[128], *at = der;
    byte oid = curves[i].length, parameters = oid + 2 + sizeof digest, inner = sizeof algorithm + 2 + parameters;
    *at++ = 0x30, *at++ = 2 + inner + 2 + 1 + 2 + 64;
    *at++ = 0x30, *at++ = inner;
    memcpy(at, algorithm, sizeof algorithm), at += sizeof algorithm;
    *at++ = 0x30, *at++ = parameters;
    *at++ = 0x06, *at++ = oid;
    memcpy(at, curves[i].oid, oid), at += oid;
    memcpy(at, digest, sizeof digest), at += sizeof digest;
    *at++ = 0x03, *at++ = 2 + 1 + 64, *at++ = 0, *at++ = 0x04, *at++ = 64;
    reversed(at, key->parts[0].bytes, 32), reversed(at + 32, key->parts[1].bytes, 32), at += 64;
    const byte *from = der;
    EVP_PKEY *public_key = d2i_PUBKEY(NULL, &from, at - der);
    EVP_PKEY_CTX *context = public_key ? EVP_PKEY_CTX_new(public_key, NULL) : NULL;
    if (!context || EVP_PKEY_verify_init(context) != 1) fail("gost-engine takes no key of curve %s", key->curve);
    EVP_PKEY_free(public_key);
    return context;
  }
  return NULL;
}
/* s then r, each big-endian. */
static void *gost_ready(const item_record *item) {
  byte *signature = allocate(64);
  memcpy(signature, item->parts[2].bytes, 32), memcpy(signature + 32, item->parts[1].bytes, 32);
  return signature;
}
static void pkey_close(void *state) { EVP_PKEY_CTX_free(state); }
static int gost_check(void *state, const item_record *item) {
  int valid = EVP_PKEY_verify(state, item->state, 64, item->parts[0].bytes, item->parts[0].length) == 1;
  return valid == item->valid;
}

static void *ecdsa_open(const key_record *key) {
  byte point[65] = { 4 };
  memcpy(point + 1, key->parts[0].bytes, 32), memcpy(point + 33, key->parts[1].bytes, 32);
  OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"prime256v1", 0),
    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
    OSSL_PARAM_construct_end(),
  };
  EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  EVP_PKEY *public_key = NULL;
  EVP_PKEY_fromdata_init(maker);
  EVP_PKEY_fromdata(maker, &public_key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(maker);
  EVP_PKEY_CTX *context = public_key ? EVP_PKEY_CTX_new(public_key, NULL) : NULL;
  if (!context || EVP_PKEY_verify_init(context) != 1) return NULL;
  EVP_PKEY_free(public_key);
  return context;
}
static void *ecdsa_ready(const item_record *item) {
  bytes_t *encoded = allocate(sizeof *encoded);
  ECDSA_SIG *signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(item->parts[1].bytes, 32, NULL), BN_bin2bn(item->parts[2].bytes, 32, NULL));
  encoded->length = i2d_ECDSA_SIG(signature, &encoded->bytes);
  ECDSA_SIG_free(signature);
  return encoded;
}
static int ecdsa_check(void *state, const item_record *item) {
  const bytes_t *signature = item->state;
  return (EVP_PKEY_verify(state, signature->bytes, signature->length, item->parts[0].bytes, item->parts[0].length) == 1) == item->valid;
}
#endif

#ifdef WITH_NETTLE
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/gostdsa.h>
#include <nettle/hmac.h>

static void *nettle_hmac(const key_record *key) {
  struct hmac_streebog256_ctx *context = allocate(sizeof *context);
  hmac_streebog256_set_key(context, key->parts[0].length, key->parts[0].bytes);
  return context;
}
static int nettle_hmac_check(void *state, const item_record *item) {
  byte mac[32];
  hmac_streebog256_update(state, item->parts[0].length, item->parts[0].bytes);
  hmac_streebog256_digest(state, 32, mac);
  return same(item, 1, mac, 32);
}

static void *nettle_gost_open(const key_record *key) {
  if (strcmp(key->curve, "CryptoPro-A") != 0) return NULL;
  struct ecc_point *point = allocate(sizeof *point);
  mpz_t x, y;
  mpz_init(x), mpz_init(y);
  mpz_import(x, 32, 1, 1, 1, 0, key->parts[0].bytes), mpz_import(y, 32, 1, 1, 1, 0, key->parts[1].bytes);
  ecc_point_init(point, nettle_get_gost_gc256b());
  int on_curve = ecc_point_set(point, x, y);
  mpz_clear(x), mpz_clear(y);
  return on_curve ? point : NULL;
}
static void nettle_gost_close(void *state) { ecc_point_clear(state), free(state); }
static void *nettle_gost_ready(const item_record *item) {
  struct dsa_signature *signature = allocate(sizeof *signature);
  dsa_signature_init(signature);
  mpz_import(signature->r, 32, 1, 1, 1, 0, item->parts[1].bytes), mpz_import(signature->s, 32, 1, 1, 1, 0, item->parts[2].bytes);
  return signature;
}
static int nettle_gost_check(void *state, const item_record *item) {
  return gostdsa_verify(state, item->parts[0].length, item->parts[0].bytes, item->state) == item->valid;
}
#endif

#ifdef WITH_GCRYPT
#include <gcrypt.h>

static void *gcrypt_hmac(const key_record *key) {
  gcry_md_hd_t context;
  gcry_check_version(NULL);
  if (gcry_md_open(&context, GCRY_MD_STRIBOG256, GCRY_MD_FLAG_HMAC)) return NULL;
  gcry_md_setkey(context, key->parts[0].bytes, key->parts[0].length);
  return context;
}
static void gcrypt_hmac_close(void *state) { gcry_md_close(state); }
static int gcrypt_hmac_check(void *state, const item_record *item) {
  gcry_md_reset(state);
  gcry_md_write(state, item->parts[0].bytes, item->parts[0].length);
  return same(item, 1, gcry_md_read(state, 0), 32);
}

static void *gcrypt_gost_open(const key_record *key) {
  static const char *names[][2] = {
    { "CryptoPro-A", "GOST2001-CryptoPro-A" }, { "CryptoPro-B", "GOST2001-CryptoPro-B" }, { "CryptoPro-C", "GOST2001-CryptoPro-C" },
    { "Test", "GOST2001-test" }, { "tc26-256-A", "GOST2012-256-tc26-A" },
  };
  gcry_check_version(NULL);
  byte point[65] = { 4 };
  memcpy(point + 1, key->parts[0].bytes, 32), memcpy(point + 33, key->parts[1].bytes, 32);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    gcry_sexp_t public_key;
    if (strcmp(names[i][0], key->curve) != 0) continue;
    if (gcry_sexp_build(&public_key, NULL, "(public-key (ecc (curve %s) (q %b)))", names[i][1], 65, point)) return NULL;
    return public_key;
  }
  return NULL;
}
static void gcrypt_gost_close(void *state) { gcry_sexp_release(state); }
static void *gcrypt_gost_ready(const item_record *item) {
  gcry_sexp_t *pair = allocate(2 * sizeof *pair);
  byte number[64];
  reversed(number, item->parts[0].bytes, 32);
  /* The leading zero keeps the numbers from being read as negative. */
  byte r[33] = { 0 }, s[33] = { 0 };
  memcpy(r + 1, item->parts[1].bytes, 32), memcpy(s + 1, item->parts[2].bytes, 32);
  gcry_sexp_build(&pair[0], NULL, "(data (flags gost) (value %b))", 32, number);
  gcry_sexp_build(&pair[1], NULL, "(sig-val (gost (r %b) (s %b)))", 33, r, 33, s);
  return pair;
}
static int gcrypt_gost_check(void *state, const item_record *item) {
  const gcry_sexp_t *pair = item->state;
  return (gcry_pk_verify(pair[1], pair[0], state) == 0) == item->valid;
}
#endif

static const peer_entry PEERS[] = {
#ifdef WITH_OPENSSL
  { "gostEngine", "hmac-streebog", openssl_hmac_streebog, openssl_hmac_close, NULL, openssl_hmac_check },
  { "gostEngine", "kuznyechik-cmac", openssl_kuznyechik, openssl_cmac_close, NULL, openssl_cmac_check },
  { "gostEngine", "magma-cmac", openssl_magma, openssl_cmac_close, NULL, openssl_cmac_check },
  { "gostEngine", "gost", gost_open, pkey_close, gost_ready, gost_check },
  { "openssl", "hmac-sha256", openssl_hmac_sha256, openssl_hmac_close, NULL, openssl_hmac_check },
  { "openssl", "ecdsa-p256", ecdsa_open, pkey_close, ecdsa_ready, ecdsa_check },
#endif
#ifdef WITH_NETTLE
  { "nettle", "hmac-streebog", nettle_hmac, free, NULL, nettle_hmac_check },
  { "nettle", "gost", nettle_gost_open, nettle_gost_close, nettle_gost_ready, nettle_gost_check },
#endif
#ifdef WITH_GCRYPT
  { "libgcrypt", "hmac-streebog", gcrypt_hmac, gcrypt_hmac_close, NULL, gcrypt_hmac_check },
  { "libgcrypt", "gost", gcrypt_gost_open, gcrypt_gost_close, gcrypt_gost_ready, gcrypt_gost_check },
#endif
  { NULL, NULL, NULL, NULL, NULL, NULL },
};

static bytes_t unhex(const char *text) {
  size_t length = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;
  bytes_t result = { length, allocate(length) };
  for (size_t i = 0; i < length; i++) {
    unsigned value;
    if (sscanf(text + 2 * i, "%2x", &value) != 1) fail("an input is no hexadecimal number");
    result.bytes[i] = value;
  }
  return result;
}

static item_record *items;
static size_t count;

static void read_inputs(const char *path, const peer_entry *peer) {
  static char line[LINE_SIZE], fields[4][PART_MAX];
  key_record *key = NULL;
  FILE *file = fopen(path, "r");
  if (!file) fail("cannot read the inputs");
  items = allocate(ITEMS_MAX * sizeof *items);
  while (fgets(line, sizeof line, file)) {
    char kind;
    int found = sscanf(line, "%c %4095s %4095s %4095s %4095s", &kind, fields[0], fields[1], fields[2], fields[3]) - 1;
    if ((kind == 'K' && found == 1) || (kind == 'P' && found == 3)) {
      key = allocate(sizeof *key);
      if (kind == 'P') snprintf(key->curve, sizeof key->curve, "%.60s", fields[0]);
      for (int i = 0; i < (kind == 'P' ? 2 : 1); i++) key->parts[i] = unhex(fields[kind == 'P' ? i + 1 : i]);
      key->state = peer->open(key);
      if (!key->state) fail("%s has no such key", peer->peer);
    } else if (key && count < ITEMS_MAX && ((kind == 'M' && found == 2) || (kind == 'S' && found == 4))) {
      item_record *item = &items[count++];
      item->key = key;
      for (int i = 0; i < (kind == 'S' ? 3 : 2); i++) item->parts[i] = unhex(fields[i]);
      item->valid = kind == 'S' && fields[3][0] == '1';
      if (peer->ready) item->state = peer->ready(item);
    } else {
      fail("an input line has another form");
    }
  }
  fclose(file);
}

static size_t pass(const peer_entry *peer, int cold) {
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    void *state = cold ? peer->open(items[i].key) : items[i].key->state;
    wrong += !peer->check(state, &items[i]);
    if (cold) peer->close(state);
  }
  return wrong;
}

int main(int argc, char **argv) {
  if (argc != 5) return fprintf(stderr, "crypto-peers PEER PRIMITIVE INPUTS warm|cold\n"), 2;
  const peer_entry *peer = PEERS;
  while (peer->peer && (strcmp(peer->peer, argv[1]) != 0 || strcmp(peer->primitive, argv[2]) != 0)) peer++;
  if (!peer->peer) fail("%s has no %s here", argv[1], argv[2]);
  const int cold = strcmp(argv[4], "cold") == 0;
  read_inputs(argv[3], peer);
  printf("{\"items\":%zu,\"wrong\":%zu}\n", count, pass(peer, cold));
  fflush(stdout);
  for (int c; (c = getchar()) != EOF;) {
    if (c != '\n') continue;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    pass(peer, cold);
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("%.0f\n", (after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec));
    fflush(stdout);
  }
  return 0;
}
