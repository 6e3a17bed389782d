/** A register's image: loaded, brought up to its last event, or made. See shared-image for what it is. */
import { setTimeout } from 'node:timers/promises';
import type { Core } from '../../core/host/index.js';
import { atOnce, bySlices, refuseAborted, type Sliced } from '../sliced.js';
import { buildImage, catchUp } from './image-build.js';
import { readImage, readImageAside, saveImage } from './image-file.js';
import type { Register } from './register.js';
import type { Image, SharedImage } from './shared-image.js';
import { readMeta } from './store.js';

export { emptyImage, IMAGE, type Image, readRow } from './shared-image.js';

/** Rows changed since the image was saved, as a share of all, before it is saved again. */
const SAVE_SHARE = 1 / 32;

/** Images of open registers, and how many rows changed since they were saved. */
const images = new WeakMap<Register, HeldImage>();
/** Images that stay as they are, and for how many. */
const holds = new WeakMap<Image, number>();

/** Registers whose images are being loaded by slices. */
const underWay = new WeakSet<Register>();
/** Until it is looked again whether another is through. */
const OTHER_MS = 10;

interface HeldImage {
  image: SharedImage;
  unsaved: number;
  /** The register's description as it stood when the image was brought up to it. */
  meta: Buffer;
}

const metaBytes = (register: Register): Buffer => Buffer.from(register.store.meta.getBinary('register') ?? []);

/**
 * The register's image, brought up to its last event: the one in memory or the saved one, or a new one. `core` must have the register's
 * seed. `notice` hears why a saved image was thrown away.
 */
export function loadImage(register: Register, core: Core, notice?: (detail: string) => void): Image {
  return atOnce(loading(register, core, () => readImage(register, notice)));
}

/** The same in slices, so that others have their turn. Throws CANCELLED by the signal; nothing is kept then. */
export async function loadImageBySlices(register: Register, core: Core, signal?: AbortSignal): Promise<Image> {
  refuseAborted(signal, register.path);
  // Two at once would take the memory of two.
  while (underWay.has(register)) {
    await setTimeout(OTHER_MS);
    refuseAborted(signal, register.path);
  }
  underWay.add(register);
  try {
    const saved = images.has(register) ? null : await readImageAside(register, signal);
    return await bySlices(
      loading(register, core, () => saved),
      signal,
      register.path,
    );
  } finally {
    underWay.delete(register);
  }
}

function* loading(register: Register, core: Core, read: () => SharedImage | null): Sliced<Image> {
  register.refresh();
  let held = images.get(register);
  if (held && held.image.lastEvent === readMeta(register.store).lastEvent) return held.image;
  if (!held) {
    const saved = read();
    if (saved) held = { image: saved, unsaved: 0, meta: Buffer.alloc(0) };
  }
  for (;;) {
    register.refresh();
    const meta = metaBytes(register);
    const later = held ? catchUp(held.image, holds.has(held.image), register, core) : null;
    if (!held || !later) {
      held = { image: yield* buildImage(register, core), unsaved: Number.POSITIVE_INFINITY, meta };
      continue;
    }
    held.image = later.image;
    held.unsaved += later.changed;
    held.meta = meta;
    if (held.unsaved <= held.image.codes * SAVE_SHARE) break;
    if (yield* saveImage(register, held.image)) held.unsaved = 0;
    else break;
  }
  images.set(register, held);
  return held.image;
}

/**
 * The register's image if it is in memory, brought up to the last event, also of other processes; `null` when it isn't there or a new one
 * is due. Without events asking takes less than a microsecond: the bytes of the register's description are compared, not read.
 */
export function currentImage(register: Register, core: Core): Image | null {
  const held = images.get(register);
  if (!held) return null;
  register.refresh();
  const now = register.store.meta.getBinaryFast('register');
  // LMDB's buffer is longer than the value. No longer JSON object begins with this one.
  if (now && held.meta.compare(now, 0, held.meta.length) === 0) return held.image;
  const meta = metaBytes(register);
  const later = catchUp(held.image, holds.has(held.image), register, core);
  if (!later) return null;
  held.image = later.image;
  held.unsaved += later.changed;
  held.meta = meta;
  return held.image;
}

/**
 * The register's image, brought up to its last event, for work that must be of one moment: until it is let go, later events go into a copy.
 * That is made when the first of them is asked for; without events holding costs nothing.
 */
export function holdImage(register: Register, core: Core): { image: Image; letGo: () => void } {
  const image = loadImage(register, core);
  holds.set(image, (holds.get(image) ?? 0) + 1);
  let isHeld = true;
  const letGo = (): void => {
    if (!isHeld) return;
    isHeld = false;
    const others = (holds.get(image) as number) - 1;
    if (others === 0) holds.delete(image);
    else holds.set(image, others);
  };
  return { image, letGo };
}
