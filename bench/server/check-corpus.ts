/** Codes that tills ask for, all of them in circulation, and the list that makes a register of them. The same for the same number. */
const GS = '\u001d';
const DIGITS = 13;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface CheckCorpus {
  /** As scanned: shoes, with a tail of 88. */
  codes: string[];
  /** CSV for an import. */
  list: string;
}

export function checkCorpus(count: number): CheckCorpus {
  const codes: string[] = [];
  const lines = ['code;status;ownerTin;expiry'];
  for (let i = 0; i < count; i++) {
    const cis = `010460700000103521${serial(i)}`;
    codes.push(
      `${cis}${GS}9100C0${GS}92${'suLsA8kEDCN/RrB4fWeq8NkQtUhAvFfuTcn8FySW3QjUBEp4GbG9UaEB9wAPPDgaybcEptN4wTXFVXAc3HJRyGab'.slice(0, 87)}=`,
    );
    lines.push(`${cis};INTRODUCED;7700000000;2028-${String(1 + (i % 12)).padStart(2, '0')}-15`);
  }
  return { codes, list: `${lines.join('\n')}\n` };
}

/** Thirteen characters, another for every number. */
function serial(number: number): string {
  let text = '';
  let left = (number * 2_654_435_761) % 2 ** 40;
  for (let i = 0; i < DIGITS; i++) {
    text += ALPHABET[left % ALPHABET.length];
    left = Math.floor(left / 7) + number;
  }
  return text.slice(0, 4) + String(number).padStart(9, '0');
}
