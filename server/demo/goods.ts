import { checkDigit } from './check-digit.js';

/** What the codes of a product group look like (rows of the marking formats). */
export interface CodeForm {
  serialLength: 6 | 7 | 13 | 20;
  /** Serials with punctuation (GS1 character set 82 without parentheses), else letters and digits only. */
  punctuation: boolean;
  /** `93`: GS + AI 93 of 4 characters. `92`: GS + AI 91 of 4 + GS + AI 92 of `tailLength`. */
  tail: '93' | '92';
  tailLength: 4 | 44 | 88;
}

/** One article of the supplier's range. */
export interface Good {
  /** 14 digits. */
  gtin: string;
  name: string;
  form: CodeForm;
  /** Units in a box. */
  boxSize: number;
  /** Kopecks per unit, without VAT. */
  price: number;
  /** Per cent. */
  vat: 10 | 22;
  /** Shoes and devices carry no expiry. */
  expires: boolean;
}

interface Range {
  form: CodeForm;
  vat: 10 | 22;
  expires: boolean;
  price: number;
  names: string[];
}

const RANGES: Range[] = [
  {
    form: { serialLength: 13, punctuation: false, tail: '92', tailLength: 44 },
    vat: 10,
    expires: true,
    price: 9_900,
    names: [
      'Амброксол 30 мг, таблетки, 20 шт',
      'Амлодипин 5 мг, таблетки, 30 шт',
      'Амоксициллин 500 мг, капсулы, 16 шт',
      'Ацетилсалициловая кислота 100 мг, таблетки, 30 шт',
      'Бисопролол 5 мг, таблетки, 30 шт',
      'Валсартан 80 мг, таблетки, 28 шт',
      'Дротаверин 40 мг, таблетки, 20 шт',
      'Ибупрофен 400 мг, таблетки, 20 шт',
      'Индапамид 1,5 мг, таблетки, 30 шт',
      'Каптоприл 25 мг, таблетки, 40 шт',
      'Кетопрофен, гель 2,5 %, 50 г',
      'Ксилометазолин, спрей 0,1 %, 10 мл',
      'Лозартан 50 мг, таблетки, 30 шт',
      'Лоратадин 10 мг, таблетки, 10 шт',
      'Метопролол 50 мг, таблетки, 30 шт',
      'Метформин 850 мг, таблетки, 60 шт',
      'Натрия хлорид, раствор 0,9 %, 200 мл',
      'Нимесулид 100 мг, таблетки, 20 шт',
      'Омепразол 20 мг, капсулы, 30 шт',
      'Панкреатин 25 ЕД, таблетки, 60 шт',
      'Пантопразол 40 мг, таблетки, 28 шт',
      'Парацетамол 500 мг, таблетки, 20 шт',
      'Розувастатин 10 мг, таблетки, 30 шт',
      'Сальбутамол, аэрозоль 100 мкг/доза',
      'Уголь активированный 250 мг, таблетки, 50 шт',
      'Фуросемид 40 мг, таблетки, 50 шт',
      'Цетиризин 10 мг, таблетки, 20 шт',
      'Эналаприл 10 мг, таблетки, 20 шт',
    ],
  },
  {
    form: { serialLength: 6, punctuation: true, tail: '93', tailLength: 4 },
    vat: 10,
    expires: true,
    price: 8_000,
    names: [
      'Молоко питьевое ультрапастеризованное 3,2 %, 0,95 л',
      'Кефир «Утро» 1 %, 0,5 л',
      'Сметана 20 %, 300 г',
      'Творог 5 %, 200 г',
    ],
  },
  {
    form: { serialLength: 13, punctuation: false, tail: '93', tailLength: 4 },
    vat: 22,
    expires: true,
    price: 3_500,
    names: [
      'Вода питьевая негазированная, 0,5 л',
      'Вода минеральная газированная, 1,5 л',
      'Напиток «Лимон & лайм», 1 л',
      'Сок яблочный, 1 л',
    ],
  },
  {
    form: { serialLength: 13, punctuation: false, tail: '92', tailLength: 88 },
    vat: 22,
    expires: false,
    price: 320_000,
    names: ['Ботинки мужские кожаные, размер 42', 'Кроссовки женские, размер 38'],
  },
  {
    form: { serialLength: 7, punctuation: false, tail: '93', tailLength: 4 },
    vat: 22,
    expires: true,
    price: 6_200,
    names: ['Пиво безалкогольное светлое, 0,45 л'],
  },
  {
    form: { serialLength: 20, punctuation: false, tail: '92', tailLength: 44 },
    vat: 22,
    expires: false,
    price: 1_450_000,
    names: ['Фотоаппарат цифровой компактный'],
  },
];

/** The supplier's forty articles; GTINs of the GS1 demonstration prefix 952. */
export const GOODS: readonly Good[] = RANGES.flatMap(({ names, ...range }) =>
  names.map((name) => ({ name, ...range })),
).map((article, number) => {
  const body = `0952${String(100_000 + number * 37).padStart(9, '0')}`;
  return {
    ...article,
    gtin: body + checkDigit(body),
    boxSize: 20 + ((number * 7) % 31),
    price: article.price + number * 110,
  };
});
