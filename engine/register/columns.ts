/**
 * Columns of 32-bit words, as small as they are alike.
 *
 * ```
 * | width 1 | least value 4 | count × width bytes: value − least |      width 0 (all the same), 1, 2 or 4
 * ```
 */

const HEAD_BYTES = 5;

/** Most bytes that a column of `count` words takes. */
export const columnBytesMax = (count: number): number => HEAD_BYTES + count * 4;

/** Writes words `values[start + i × stride]` for i in [0, count) at `at`; gives where it ends. */
export function writeColumn(
  out: Uint8Array,
  at: number,
  values: Int32Array,
  start: number,
  stride: number,
  count: number,
): number {
  const end = start + count * stride;
  let least = values[start];
  let most = least;
  for (let i = start + stride; i < end; i += stride) {
    const value = values[i];
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  const spread = most - least;
  const width = spread === 0 ? 0 : spread <= 0xff ? 1 : spread <= 0xffff ? 2 : 4;
  out[at] = width;
  out[at + 1] = least;
  out[at + 2] = least >>> 8;
  out[at + 3] = least >>> 16;
  out[at + 4] = least >>> 24;
  let to = at + HEAD_BYTES;
  if (width === 1) {
    for (let i = start; i < end; i += stride) out[to++] = values[i] - least;
  } else if (width === 2) {
    for (let i = start; i < end; i += stride) {
      const over = values[i] - least;
      out[to++] = over;
      out[to++] = over >>> 8;
    }
  } else if (width === 4) {
    for (let i = start; i < end; i += stride) {
      const over = (values[i] - least) | 0;
      out[to++] = over;
      out[to++] = over >>> 8;
      out[to++] = over >>> 16;
      out[to++] = over >>> 24;
    }
  }
  return to;
}

/** Reads a column into `into[start + i × stride]`; gives where it ends. Throws a RangeError on bytes that {@link writeColumn} didn't write. */
export function readColumn(
  bytes: Uint8Array,
  at: number,
  into: Int32Array,
  start: number,
  stride: number,
  count: number,
): number {
  if (at + HEAD_BYTES > bytes.length) throw new RangeError('a column is cut short');
  const width = bytes[at];
  const least = bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16) | (bytes[at + 4] << 24);
  if (width > 4 || width === 3) throw new RangeError(`a column of width ${width}`);
  let from = at + HEAD_BYTES;
  if (from + width * count > bytes.length) throw new RangeError('a column is cut short');
  const end = start + count * stride;
  if (width === 0) {
    for (let i = start; i < end; i += stride) into[i] = least;
  } else if (width === 1) {
    for (let i = start; i < end; i += stride) into[i] = least + bytes[from++];
  } else if (width === 2) {
    for (let i = start; i < end; i += stride) {
      into[i] = least + (bytes[from] | (bytes[from + 1] << 8));
      from += 2;
    }
  } else {
    for (let i = start; i < end; i += stride) {
      into[i] =
        (least + (bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16) | (bytes[from + 3] << 24))) | 0;
      from += 4;
    }
  }
  return from;
}
