import { DateTime } from 'luxon';

/** `DD.MM.YYYY` → ISO date; undefined when there is no such day. */
export function isoDate(text: string): string | undefined {
  if (!/^\d{2}\.\d{2}\.\d{4}$/.test(text)) return undefined;
  return DateTime.fromFormat(text, 'dd.MM.yyyy', { zone: 'utc' }).toISODate() ?? undefined;
}

/** `DDMMYY` of a customs declaration (20YY) → ISO date; undefined when there is no such day. */
export function isoDateOfDeclaration(text: string): string | undefined {
  return isoDate(`${text.slice(0, 2)}.${text.slice(2, 4)}.20${text.slice(4)}`);
}

/** True for an ISO 8601 date-time with an offset or `Z`, as MDLP requires. */
export function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(text) && DateTime.fromISO(text).isValid
  );
}
