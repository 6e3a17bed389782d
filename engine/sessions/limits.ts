/** Every bound of scan sessions, with its reason. */

/** Sequence numbers of a device's scans are 32-bit: a scan a millisecond for seven weeks. */
export const SEQ_MAX = 0xffff_ffff;

/** Bytes of a session's or device's name; it stands in every block of the journal. */
export const NAME_BYTES_MAX = 64;

/** UTF-8 bytes of a scanned code that are kept. The longest code has 150 characters; what is longer is none and is judged by its beginning. */
export const CODE_BYTES_MAX = 16_384;

/**
 * Milliseconds between the starts of two commits. A lone scan is committed at once; under load each flush then takes some hundred scans, and
 * neither the disk nor the processor is busy with flushing. A guess that suits SSDs; a slower disk sets its own pace.
 */
export const COMMIT_GAP_MS = 8;

/** Milliseconds for which an open session that nobody uses stays in memory: devices whose connection broke come back to it. */
export const IDLE_MS = 60_000;

/** Milliseconds of reading a journal back before others get their turn. */
export const READ_SLICE_MS = 2;

/** Devices of a session. */
export const DEVICES_MAX = 10_000;

/** Sessions of a folder; more are a mistake of a client that makes a new one each time. */
export const SESSIONS_MAX = 1_000_000;

/** Bytes of scans that wait for the disk, of all sessions together: a stalled disk stops devices, instead of filling the memory. */
export const PENDING_BYTES_MAX = 32 << 20;
