// Arguments of the public methods. JavaScript takes a string or an array where bytes belong and makes zeros of it without a word; of a
// key, that would be one that everybody knows.

/** @throws TypeError when the value is no Uint8Array, or one whose memory is gone, so that it only looks empty. */
export function checkBytes(name: string, value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} is no Uint8Array`);
  if (value.length === 0 && isGone(value))
    throw new TypeError(`${name} is a view of memory that is gone: take it anew`);
}

/** @throws TypeError as {@link checkBytes}. */
export function checkWords(name: string, value: unknown): asserts value is Uint32Array {
  if (!(value instanceof Uint32Array)) throw new TypeError(`${name} is no Uint32Array`);
  if (value.length === 0 && isGone(value))
    throw new TypeError(`${name} is a view of memory that is gone: take it anew`);
}

/** @throws TypeError when the value has no fields. */
export function checkObject(name: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} is no object`);
}

/** @throws RangeError when the value is none of the names of a table. */
export function checkName(name: string, value: unknown, table: object): void {
  if (typeof value === 'string' && Object.hasOwn(table, value)) return;
  const given = typeof value === 'string' ? `"${value.slice(0, 40)}"` : `a value of the type ${typeof value}`;
  throw new RangeError(`${name} is ${given}; expected one of ${Object.keys(table).join(', ')}`);
}

/** The bytes, copied when they stand in memory that the work with them moves or writes to. */
export function apartFrom<Bytes extends Uint8Array | Uint32Array>(memory: ArrayBuffer, bytes: Bytes): Bytes {
  if (bytes.buffer !== memory) return bytes;
  return (bytes instanceof Uint8Array ? new Uint8Array(bytes) : new Uint32Array(bytes)) as Bytes;
}

function isGone({ buffer }: Uint8Array | Uint32Array): boolean {
  // The one way to ask that every engine has (ArrayBuffer.prototype.detached is newer): a view of such memory can't be made.
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
