import { formatCount, type Language, visible } from '../../engine/messages/index.js';

/** Texts of the command line alone; everything that a report says too is in the engine's catalogue. */
const TEXTS = {
  created: { en: 'new', ru: 'новых', uz: 'yangi' },
  events: { en: 'events', ru: 'событий', uz: 'hodisalar' },
  eventsKnown: { en: 'known', ru: 'известных', uz: 'maʼlum' },
  conflicts: { en: 'conflicts', ru: 'конфликтов', uz: 'ziddiyatlar' },
  findings: { en: 'findings', ru: 'замечаний', uz: 'topilmalar' },
  moreFindings: {
    en: '… and {count} more; --json gives the first thousand',
    ru: '… и ещё {count}; --json выдаёт первую тысячу',
    uz: '… va yana {count} ta; --json birinchi mingtasini beradi',
  },
  position: { en: 'byte {position}', ru: 'байт {position}', uz: '{position}-bayt' },
  needAttention: {
    en: 'need attention: {count}',
    ru: 'требуют внимания: {count}',
    uz: 'eʼtibor talab qiladi: {count}',
  },
  rate: {
    en: '{count} lines in {time}, {rate} a second',
    ru: 'строк: {count} за {time}, {rate} в секунду',
    uz: '{count} qator {time} ichida, soniyasiga {rate}',
  },
  number: { en: 'number', ru: 'номер', uz: 'raqam' },
  date: { en: 'date', ru: 'дата', uz: 'sana' },
  kind: { en: 'kind', ru: 'вид', uz: 'turi' },
  sender: { en: 'sender', ru: 'отправитель', uz: 'joʻnatuvchi' },
  receiver: { en: 'receiver', ru: 'получатель', uz: 'qabul qiluvchi' },
  lines: { en: 'lines', ru: 'строк', uz: 'qatorlar' },
  codes: { en: 'codes', ru: 'кодов', uz: 'kodlar' },
  packages: { en: 'packages', ru: 'упаковок', uz: 'qadoqlar' },
  units: { en: 'units', ru: 'единиц', uz: 'birliklar' },
  contents: { en: 'codes stated to be in packages', ru: 'кодов, вложенных в упаковки', uz: 'qadoq ichidagi kodlar' },
  byQuantity: { en: 'by quantity', ru: 'поштучный учёт', uz: 'miqdor boʻyicha' },
  rnpt: { en: 'traced lots (RNPT)', ru: 'партии с РНПТ', uz: 'RNPT partiyalari' },
  totals: { en: 'total with VAT', ru: 'всего с НДС', uz: 'QQS bilan jami' },
  buyerResult: { en: "buyer's answer", ru: 'ответ покупателя', uz: 'xaridor javobi' },
  buyerResult1: { en: 'accepted', ru: 'принято', uz: 'qabul qilindi' },
  buyerResult2: { en: 'accepted with differences', ru: 'принято с расхождениями', uz: 'farqlar bilan qabul qilindi' },
  buyerResult3: { en: 'not accepted', ru: 'не принято', uz: 'qabul qilinmadi' },
  state: { en: 'state', ru: 'состояние', uz: 'holati' },
  owner: { en: 'owner', ru: 'владелец', uz: 'egasi' },
  expiry: { en: 'expiry', ru: 'годен до', uz: 'yaroqlilik muddati' },
  series: { en: 'series', ru: 'серия', uz: 'seriya' },
  parent: { en: 'in package', ru: 'в упаковке', uz: 'qadoqda' },
  document: { en: 'document', ru: 'документ', uz: 'hujjat' },
  blocked: { en: 'blocked', ru: 'заблокирован', uz: 'bloklangan' },
  yes: { en: 'yes', ru: 'да', uz: 'ha' },
  lastEvent: { en: 'last event', ru: 'последнее событие', uz: 'oxirgi hodisa' },
  register: { en: 'register', ru: 'реестр', uz: 'reyestr' },
  notInRegister: {
    en: '{code} is not in the register {path}.',
    ru: 'Кода {code} нет в реестре {path}.',
    uz: '{code} kodi {path} reyestrida yoʻq.',
  },
  written: { en: 'written: {path}', ru: 'записан: {path}', uz: 'yozildi: {path}' },
} as const satisfies Record<string, Record<Language, string>>;

export type TextName = keyof typeof TEXTS;

/** One text; `{name}` is replaced by `data.name`, numbers in the language's grouping, outside text made visible. */
export function text(language: Language, name: TextName, data: Readonly<Record<string, string | number>> = {}): string {
  return TEXTS[name][language].replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = data[key] ?? '';
    return typeof value === 'number' ? formatCount(language, value) : visible(value);
  });
}
