// Goal: with certificate and key the server speaks HTTPS and nothing else; files that are none are told of.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startServer } from './run.js';
import { readSettings } from './settings.js';

/** Made for this test, for localhost; it protects nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUHaZ1FU+vPfy+l6rOJRD80pzZDwEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIzMTUzNloYDzIxMjYxMDI4
MjMxNTM2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQAtOtoKW8qivSEvOtqvwIQRNzfP+MGROUHCH1ML+wfE0k52KOKfXgX
viAtaOD63oiR7ZPqdYUz8CAvSEkTIhhio28wbTAdBgNVHQ4EFgQUNzDUW6aOxZum
KiApCwwBw3bcugowHwYDVR0jBBgwFoAUNzDUW6aOxZumKiApCwwBw3bcugowDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgI2+gmhdybprtZs4dd0R2v3nEtyVbMvVmFyu+cAV+JowCIQDG
rOLYku4/wQ+XeNqZ/mHbcfCNP++pb07QJFHy0pqe+A==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkRTXH9oFuDvYWFmV
mwxPT+RLhRwjkCevuepT/yTnm7ahRANCAAQAtOtoKW8qivSEvOtqvwIQRNzfP+MG
ROUHCH1ML+wfE0k52KOKfXgXviAtaOD63oiR7ZPqdYUz8CAvSEkTIhhi
-----END PRIVATE KEY-----
`;

const folder = mkdtempSync(join(tmpdir(), 'tamga-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tlsCert = join(folder, 'cert.pem');
const tlsKey = join(folder, 'key.pem');
writeFileSync(tlsCert, CERTIFICATE);
writeFileSync(tlsKey, KEY);
const settings = (more: object) =>
  readSettings({ data: join(folder, 'data'), port: '0', logLevel: 'silent', ...more }, {});

it('answers over TLS only', async () => {
  const server = await startServer(settings({ tlsCert, tlsKey }));
  try {
    expect(server.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(server.exposed).toBe(false);
    const status = await new Promise((resolve, reject) => {
      request(`${server.address}/health/live`, { ca: CERTIFICATE }, (response) => resolve(response.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    await expect(fetch(`${server.address.replace('https', 'http')}/health/live`)).rejects.toThrow();
  } finally {
    await server.close();
  }
});

it('warns when others can reach it without', async () => {
  const server = await startServer(settings({ host: '0.0.0.0' }));
  expect(server.exposed).toBe(true);
  await server.close();
});

it('says which file is none', async () => {
  const nowhere = join(folder, 'nowhere.pem');
  await expect(startServer(settings({ tlsCert: nowhere, tlsKey }))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    data: { path: nowhere },
  });
  const nonsense = join(folder, 'nonsense.pem');
  writeFileSync(nonsense, 'nonsense');
  await expect(startServer(settings({ tlsCert: nonsense, tlsKey }))).rejects.toMatchObject({ code: 'USAGE' });
});
