const CONTROLS =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\p{Surrogate}]/gu;

/**
 * Text of outside origin (a scanned line, a path, the system's words) made safe to show on a terminal or a page:
 * C0 controls and DEL become their control pictures (GS is `␝`), C1 controls, line separators, bidirectional marks, noncharacters
 * and lone surrogates become `�`. So a code can neither move a cursor nor reorder what stands around it.
 */
export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const unit = character.charCodeAt(0);
    if (unit < 0x20) return String.fromCharCode(0x2400 + unit);
    return unit === 0x7f ? '\u2421' : '\ufffd';
  });
}
