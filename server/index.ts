/** The public `tamga/server`. */
export { type RunningServer, startServer } from './serve/run.js';
export { BODY_BYTES_MAX, CODES_MAX, type Context, type VerifyRequest, type WireVerdict } from './serve/schema.js';
export { readSettings, type Settings } from './serve/settings.js';
export { BINARY_PROTOCOL, CLOSE, JSON_PROTOCOL } from './serve/stream/protocol.js';
export * from './stream-client/index.js';
