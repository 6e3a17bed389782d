/** Keeps the scan box at hand: a scanner types wherever the focus is, and a scan must not be lost to a button. */

/** Element of the scan box. */
export const SCAN_BOX = 'scan-box';

export function focusScanBox(): void {
  document.getElementById(SCAN_BOX)?.focus({ preventScroll: true });
}

/** Sends what is typed outside of any field to the scan box; `show` makes the box visible. @returns what ends it. */
export function watchScanner(show: () => void): () => void {
  const redirect = (event: KeyboardEvent): void => {
    const { key, ctrlKey, altKey, metaKey, target } = event;
    // Space and Enter work buttons and links; no code begins with them.
    if (ctrlKey || altKey || metaKey || [...key].length !== 1 || key === ' ' || takesText(target)) return;
    show();
    // The key's own text goes where the focus is when its default action comes.
    focusScanBox();
  };
  const back = ({ target }: MouseEvent): void => {
    if (target instanceof Element && target.closest('a, button, input, select, textarea, label, summary, [tabindex]'))
      return;
    if (String(getSelection()) === '') focusScanBox();
  };
  document.addEventListener('keydown', redirect, { capture: true });
  document.addEventListener('click', back);
  return () => {
    document.removeEventListener('keydown', redirect, { capture: true });
    document.removeEventListener('click', back);
  };
}

function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'file'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
