/** A register's image: loaded, brought up to its last event, or made. See shared-image for what it is. */
import type { Core } from '../../core/host/index.js';
import { buildImage, catchUp } from './image-build.js';
import { readImage, saveImage } from './image-file.js';
import type { Register } from './register.js';
import type { Image, SharedImage } from './shared-image.js';
import { readMeta } from './store.js';

export { emptyImage, freezeImage, IMAGE, type Image, readRow } from './shared-image.js';

/** Rows changed since the image was saved, as a share of all, before it is saved again. */
const SAVE_SHARE = 1 / 32;

/** Images of open registers, and how many rows changed since they were saved. */
const images = new WeakMap<Register, { image: SharedImage; unsaved: number }>();

/**
 * The register's image, brought up to its last event: the one in memory or the saved one, or a new one. `core` must have the register's
 * seed. `notice` hears why a saved image was thrown away.
 */
export function loadImage(register: Register, core: Core, notice?: (detail: string) => void): Image {
  register.refresh();
  const { lastEvent } = readMeta(register.store);
  let held = images.get(register);
  if (held && held.image.lastEvent === lastEvent) return held.image;
  if (!held) {
    const saved = readImage(register, notice);
    if (saved) held = { image: saved, unsaved: 0 };
  }
  const changed = held ? catchUp(held.image, register, core) : null;
  if (held && changed !== null) {
    held.unsaved += changed;
  } else {
    held = { image: buildImage(register, core), unsaved: Number.POSITIVE_INFINITY };
  }
  if (held.unsaved > held.image.codes * SAVE_SHARE) {
    saveImage(register, held.image);
    held.unsaved = 0;
  }
  images.set(register, held);
  return held.image;
}
