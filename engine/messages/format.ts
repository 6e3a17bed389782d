import type { Language } from './language.js';

// Intl formatters cost ~50 µs each to build and are asked for in every table cell.
const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat(language, options);
    formatters.set(key, formatter);
  }
  return formatter;
}

/** A count with the language's own grouping, no fraction. */
export function formatCount(language: Language, count: number): string {
  return numberFormat(language, { maximumFractionDigits: 0 }).format(count);
}

/**
 * A share in percent with one fraction digit. Rounding never hides a remainder: all but one of a million is `> 99.9 %`, one of a million is `< 0.1 %`.
 * @returns an en dash when `whole` is 0.
 */
export function formatShare(language: Language, part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = part / whole;
  const percent = numberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  if (part < whole && share >= 0.9995) return `> ${percent.format(0.999)}`;
  if (part > 0 && share < 0.0005) return `< ${percent.format(0.001)}`;
  return percent.format(share);
}

/** A size in bytes with a decimal unit (1 MB = 1,000,000 bytes) and at most one fraction digit. */
export function formatBytes(language: Language, bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let power = 0;
  for (let rest = bytes; rest >= 1000 && power < units.length - 1; rest /= 1000) power++;
  return numberFormat(language, { style: 'unit', unit: units[power]!, maximumFractionDigits: 1 }).format(
    bytes / 1000 ** power,
  );
}

/** A duration of `milliseconds` in its largest fitting unit: ms, seconds, minutes with seconds, hours with minutes. */
export function formatDuration(language: Language, milliseconds: number): string {
  const unit = (name: string, value: number, digits = 0): string =>
    numberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(
      value,
    );
  if (milliseconds < 999.5) return unit('millisecond', milliseconds);
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return unit('second', seconds, 1);
  const whole = Math.round(seconds);
  if (whole < 3600) return `${unit('minute', Math.floor(whole / 60))} ${unit('second', whole % 60)}`;
  const minutes = Math.round(seconds / 60);
  return `${unit('hour', Math.floor(minutes / 60))} ${unit('minute', minutes % 60)}`;
}

/**
 * Date and time of an instant, to the second, with its time zone.
 * @param at ISO 8601 text or a Date; text that is no date comes back unchanged.
 * @param timeZone IANA name; the system's zone when left out.
 */
export function formatDateTime(language: Language, at: string | Date, timeZone?: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    hourCycle: 'h23',
    timeZone,
  };
  const text = new Intl.DateTimeFormat(language, options).format(date);
  // Browsers may lack the months of Uzbek and write “M12”: digits then, in the order of Russian.
  if (!/\bM\d/.test(text)) return text;
  return new Intl.DateTimeFormat('ru', { ...options, month: '2-digit', day: '2-digit' }).format(date);
}
