/** Single verdicts come from the register's image in memory; it is kept at the register's last event, off the way of requests. */
import type { Engine } from '../../engine/index.js';

/** Events of so long are taken in together: each catch-up costs a walk through what they changed. A guess; verdicts meanwhile come from the register. */
const CATCH_UP_MS = 5;

/** Loads the image now, and brings it up to new events from now on. Returns what ends it. */
export function keepWarm(engine: Engine): () => void {
  engine.warmUp();
  let timer: NodeJS.Timeout | undefined;
  const stop = engine.register?.onChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      try {
        engine.warmUp();
      } catch {
        // Verdicts then come from the register itself, and say what is wrong with it to who asks.
      }
    }, CATCH_UP_MS);
  });
  return () => {
    stop?.();
    clearTimeout(timer);
  };
}
