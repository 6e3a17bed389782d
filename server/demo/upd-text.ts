import type { Good } from './goods.js';
import { mix32 } from './random.js';
import { OWNERS, SUPPLIER, TODAY } from './stock.js';

/** Taxpayer number of the company that takes the delivery. */
export const BUYER = '9999000207';

const DATE = TODAY.split('-').reverse().join('.');

/** One line of the document, in units. */
export interface UpdLine {
  number: number;
  good: Good;
  quantity: number;
}

/** Document up to its table of lines. The identifier and number follow from the seed. */
export function opening(seed: number): string {
  const hex = (part: number) =>
    mix32(seed + part)
      .toString(16)
      .padStart(8, '0');
  const guid = `${hex(1)}-${hex(2).slice(0, 4)}-4${hex(2).slice(4, 7)}-8${hex(3).slice(0, 3)}-${hex(4)}${hex(5).slice(0, 4)}`;
  const number = `Д-${(mix32(seed) % 9000) + 1000}`;
  const supplier = organisation(
    'ООО «Демо-Поставщик»',
    OWNERS[SUPPLIER],
    '999901001',
    'г. Образцовск, ул. Примерная, д. 1',
  );
  const buyer = organisation('ООО «Демо-Склад»', BUYER, '999902001', 'г. Образцовск, ул. Примерная, д. 2');
  return `<?xml version="1.0" encoding="windows-1251"?>
<Файл ИдФайл="ON_NSCHFDOPPR_2XX-0000000002_2XX-0000000001_${TODAY.replaceAll('-', '')}_${guid}_0_1_0_0_0_00" ВерсФорм="5.03" ВерсПрог="Tamga demo">
<Документ КНД="1115131" Функция="СЧФДОП" ПоФактХЖ="Документ об отгрузке товаров (выполнении работ), передаче имущественных прав (документ об оказании услуг)" НаимДокОпр="Универсальный передаточный документ" ДатаИнфПр="${DATE}" ВремИнфПр="07.30.00" НаимЭконСубСост="ООО «Демо-Поставщик», ИНН ${OWNERS[SUPPLIER]}">
<СвСчФакт НомерДок="${number}" ДатаДок="${DATE}">
<СвПрод>${supplier}</СвПрод>
<ГрузОт><ОнЖе>он же</ОнЖе></ГрузОт>
<ГрузПолуч>${buyer}</ГрузПолуч>
<ДокПодтвОтгрНом РеквНаимДок="Универсальный передаточный документ" РеквНомерДок="${number}" РеквДатаДок="${DATE}"/>
<СвПокуп>${buyer}</СвПокуп>
<ДенИзм КодОКВ="643" НаимОКВ="Российский рубль"/>
</СвСчФакт>
<ТаблСчФакт>
`;
}

/** A line up to its codes. */
export function lineStart({ number, good, quantity }: UpdLine): string {
  const { net, vat } = amounts({ good, quantity });
  return `<СведТов НомСтр="${number}" НаимТов="${escapeXml(good.name)}" ОКЕИ_Тов="796" НаимЕдИзм="шт" КолТов="${quantity}" ЦенаТов="${roubles(good.price)}" СтТовБезНДС="${roubles(net)}" НалСт="${good.vat}%" СтТовУчНал="${roubles(net + vat)}">
<ДопСведТов ПрТовРаб="1" ГТИН="${good.gtin}">
`;
}

/** A line after its codes. */
export function lineEnd(line: Pick<UpdLine, 'good' | 'quantity'>): string {
  return `</ДопСведТов>
<Акциз><БезАкциз>без акциза</БезАкциз></Акциз>
<СумНал><СумНал>${roubles(amounts(line).vat)}</СумНал></СумНал>
</СведТов>
`;
}

/** Document after its lines. */
export function closing(lines: UpdLine[]): string {
  let [net, vat, quantity] = [0, 0, 0];
  for (const line of lines) {
    net += amounts(line).net;
    vat += amounts(line).vat;
    quantity += line.quantity;
  }
  return `<ВсегоОпл СтТовБезНДСВсего="${roubles(net)}" СтТовУчНалВсего="${roubles(net + vat)}" КолНеттоВс="${quantity}">
<СумНалВсего><СумНал>${roubles(vat)}</СумНал></СумНалВсего>
</ВсегоОпл>
</ТаблСчФакт>
<СвПродПер>
<СвПер СодОпер="Товары переданы" ДатаПер="${DATE}">
<ОснПер РеквНаимДок="Договор" РеквНомерДок="ДЕМО-1" РеквДатаДок="01.01.2026"/>
</СвПер>
</СвПродПер>
<Подписант Должн="Кладовщик" ТипПодпис="1" СпосПодтПолном="1">
<ФИО Фамилия="Образцов" Имя="Образец" Отчество="Образцович"/>
</Подписант>
</Документ>
</Файл>
`;
}

function organisation(name: string, tin: string, kpp: string, address: string): string {
  return `
<ИдСв><СвЮЛУч НаимОрг="${escapeXml(name)}" ИННЮЛ="${tin}" КПП="${kpp}"/></ИдСв>
<Адрес><АдрИнф КодСтр="643" НаимСтран="Россия" АдрТекст="${escapeXml(address)}"/></Адрес>
`;
}

/** Kopecks; whole numbers well below 2⁵³. */
function amounts({ good, quantity }: Pick<UpdLine, 'good' | 'quantity'>): {
  net: number;
  vat: number;
} {
  const net = good.price * quantity;
  return { net, vat: Math.round((net * good.vat) / 100) };
}

function roubles(kopecks: number): string {
  return `${Math.trunc(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
