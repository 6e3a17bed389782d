/**
 * Stand-ins that scanners and spreadsheets print for the separator GS (0x1D). `%1D` only counts before a digit, because `%` is a
 * serial's own character; `<GS>` and the others are not serials that anybody issues.
 */
const SUBSTITUTE = /\\x1d|\\u001d|<GS>|\{GS\}|%1D(?=\d)|\^\]|␝/gi;

/** A scanned code with its separators as 0x1D, and which stand-ins were met (each once). */
export function restoreSeparators(code: string): {
  code: string;
  shapes: string[];
} {
  if (!/[\\<{%^␝]/.test(code)) return { code, shapes: NONE };
  const shapes = new Set<string>();
  const restored = code.replace(SUBSTITUTE, (shape) => {
    shapes.add(shape);
    return '\x1d';
  });
  return { code: restored, shapes: [...shapes] };
}

const NONE: string[] = [];
