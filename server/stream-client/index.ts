/** The client of `/v1/stream`. */
export type * from './frames.js';
export type { ClientScan, QueueState } from './scan-queue.js';
export {
  type SocketConstructor,
  type SocketLike,
  StreamClient,
  type StreamClientOptions,
  type StreamState,
} from './stream-client.js';
