/** Small choices that outlive the page. A browser may forbid to store them; then they last as long as the page. */

const PREFIX = 'tamga.';

export function kept(name: string, store: 'local' | 'session' = 'local'): string | null {
  try {
    return storeOf(store).getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null, store: 'local' | 'session' = 'local'): void {
  try {
    if (value === null) storeOf(store).removeItem(PREFIX + name);
    else storeOf(store).setItem(PREFIX + name, value);
  } catch {
    // What can't be stored is asked for again.
  }
}

function storeOf(store: 'local' | 'session'): Storage {
  return store === 'local' ? localStorage : sessionStorage;
}
