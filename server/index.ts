/** The public `tamga/server`. */
export { type RunningServer, startServer } from './serve/run.js';
export type { Context, VerifyRequest, WireVerdict } from './serve/schema.js';
export { readSettings, type Settings } from './serve/settings.js';
export { BINARY_PROTOCOL, CLOSE, JSON_PROTOCOL } from './serve/stream/protocol.js';
export * from './stream-client/index.js';
