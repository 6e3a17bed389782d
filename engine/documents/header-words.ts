import { guessEncoding } from './text-encoding.js';

/** Columns that a table may have, as the row type names them. */
export const COLUMNS = [
  'code',
  'raw',
  'type',
  'status',
  'statusEx',
  'owner',
  'parent',
  'appliedAt',
  'retiredAt',
  'remaining',
  'invoiceFrom',
  'invoiceTo',
  'invoiceAt',
  'origin',
  'customsCleared',
  'expiry',
  'series',
  'price',
  'scannedAt',
  'warehouse',
  'employee',
  'symbology',
  'action',
] as const;
export type Column = (typeof COLUMNS)[number];

/** Separators of tables, the more usual first. */
export const SEPARATORS = [';', ',', '\t', '|'] as const;

/**
 * Header words, lower case, without blanks and punctuation: our own snapshot, the exports of GIS MT, Russian and Uzbek tables.
 * The first column of a table whose word is met stands for it.
 */
const WORDS: Record<Column, string> = {
  code:
    'code codes cis cises km ki kiz uit uitu kitu sgtin sscc kod datamatrix markingcode identificationcode sntin ' +
    'код коды км ки киз кит киту уит уиту кодмаркировки кодымаркировки кодидентификации',
  raw: 'raw scan scanned rawcode считано скан',
  type: 'type packagetype типупаковки тип видупаковки',
  status: 'status state статус состояние holati',
  statusEx: 'statusex extendedstatus особоесостояние расширенныйстатус',
  owner: 'owner ownertin ownerinn ownerinnpinfl владелец иннвладельца собственник иннсобственника egasi',
  parent:
    'parent parentcode parentcis parentsscc родитель упаковка кодупаковки агрегат кодагрегата вышестоящаяупаковка родительскаяупаковка',
  appliedAt: 'appliedat applicationdate applieddate датананесения нанесён нанесен',
  retiredAt: 'retiredat withdrawaldate retireddate датавыбытия датавывода выбыл',
  remaining: 'remaining remainder остаток доля остатокдоли',
  invoiceFrom: 'invoicefrom отправитель иннотправителя продавец',
  invoiceTo: 'invoiceto получатель иннполучателя покупатель',
  invoiceAt: 'invoiceat invoicedate датасчёта датасчета датанакладной',
  origin: 'origin emissiontype происхождение типэмиссии способввода',
  customsCleared: 'customscleared растаможен таможня выпущентаможней',
  expiry: 'expiry expirationdate expiredate expirydate expires срокгодности годендо годен срокдо yaroqlilikmuddati',
  series: 'series seriesnumber productseries batch lot серия номерсерии партия',
  price: 'price cost mrp цена стоимость мрц narxi',
  scannedAt: 'scannedat scantime времясканирования датасканирования считанв',
  warehouse: 'warehouse склад ombor',
  employee: 'employee user сотрудник кладовщик xodim',
  symbology: 'symbology aim символика типкода',
  action: 'action operation действие операция',
};

const COLUMN_OF = new Map<string, Column>();
for (const column of COLUMNS) for (const word of WORDS[column].split(' ')) COLUMN_OF.set(word, column);

/** Column that a header cell names; undefined for an unknown one. */
export function columnOf(cell: string): Column | undefined {
  return COLUMN_OF.get(
    cell
      .normalize('NFC')
      .toLowerCase()
      .replace(/[\s"'_.\-/()№:*\ufeff]+/g, ''),
  );
}

/** True when a line (without its end) is a header word of a list of codes, like `code`, `КМ` or `"Код маркировки"`. */
export function isHeaderLine(line: Uint8Array): boolean {
  if (line.length === 0 || line.length > 64) return false;
  const column = columnOf(textOf(line));
  return column === 'code' || column === 'raw';
}

/** True when a first line is one of a table: known header words with separators, or quoted fields. */
export function looksLikeTable(line: Uint8Array): boolean {
  const text = textOf(line.subarray(0, 16 * 1024)).trim();
  if (/^"([^"]|"")*"($|[;,\t|])/.test(text)) return true;
  const separator = separatorOf(text);
  return text.includes(separator) && text.split(separator).some((cell) => columnOf(cell) !== undefined);
}

/** Separator of a table, from its first line: the one that gives most known header words, then most cells. */
export function separatorOf(header: string): string {
  let best: string = SEPARATORS[0];
  let most = -1;
  for (const separator of SEPARATORS) {
    const cells = header.split(separator);
    const score = cells.filter((cell) => columnOf(cell) !== undefined).length * 1000 + Math.min(cells.length, 999);
    if (score > most) {
      most = score;
      best = separator;
    }
  }
  return best;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder(guessEncoding(bytes)).decode(bytes);
}
