/** The public `tamga/server`. */
export { SUBPROTOCOL } from './serve/frames.js';
export { BODY_BYTES_MAX, CODES_MAX, type Context, type VerifyRequest, type WireVerdict } from './serve/schema.js';
export { buildServer, type ServerOptions } from './serve/server.js';
