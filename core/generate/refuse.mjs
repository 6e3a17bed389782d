/** Ends the build: the data file and the place, and what was met there. */
export function refuse(file, place, what) {
  throw new Error(`core/data/${file}, ${place}: ${what}`);
}

/** Refuses an object whose keys are not exactly the ones expected (those ending in `?` may be absent). */
export function checkKeys(file, place, object, expected) {
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    refuse(file, place, 'an object is expected');
  const allowed = new Set(expected.map((key) => key.replace('?', '')));
  for (const key of Object.keys(object)) if (!allowed.has(key)) refuse(file, place, `unknown key "${key}"`);
  for (const key of expected) {
    if (!key.endsWith('?') && !(key in object)) refuse(file, place, `key "${key}" is missing`);
  }
}
