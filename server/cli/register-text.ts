import { loadCore } from '../../core/host/index.js';
import type { AsOf, RecordView, Register, RegisterStat } from '../../engine/index.js';
import {
  formatCount,
  formatDateTime,
  type Language,
  message,
  stateName,
  visible,
} from '../../engine/messages/index.js';
import { dateOf } from '../../engine/wall-clock.js';
import { grid, lookOf, type TextOutput } from './terminal/index.js';
import { type TextName, text } from './texts.js';

/** Packages inside packages: the deepest real tree is unit, box, crate, pallet; a circle must end. */
const DEPTH_MAX = 16;
/** Owners listed for people; --json has all. */
const OWNERS_SHOWN = 20;

/** A code of a register: its record, and the packages around it from the inside out. */
export interface FoundCode {
  code: string;
  record: RecordView | null;
  parents: { code: string; record: RecordView }[];
  /** Codes directly inside, for a package. */
  contents: number;
}

/** Finds a code given as a key's text or as it was scanned; in the register as it is, or as it was `then`. */
export async function lookUp(
  register: Register,
  given: string,
  then: Pick<AsOf, 'find' | 'record' | 'children'> = register,
): Promise<FoundCode> {
  let code = given;
  let record = then.find(given);
  if (record === null) {
    const { key } = (await loadCore()).parse(given);
    if (key !== null) {
      code = key;
      record = then.find(key);
    }
  }
  const parents: FoundCode['parents'] = [];
  for (let parent = record?.parent ?? null; parent !== null && parents.length < DEPTH_MAX; ) {
    const outer = then.record(parent);
    parents.push({ code: register.textOf(parent), record: outer });
    parent = outer.parent;
  }
  return { code, record, parents, contents: record?.package ? then.children(record.ordinal).length : 0 };
}

/** A code's record for people, and each package around it; ends with a newline. */
export function historyText(found: FoundCode, language: Language, output: TextOutput): string {
  const inside = found.record === null ? [] : [{ code: found.code, record: found.record }];
  return [...inside, ...found.parents]
    .map(({ code, record }, depth) => recordText(code, record, depth === 0 ? found.contents : 0, language, output))
    .join('\n');
}

function recordText(
  code: string,
  record: RecordView,
  contents: number,
  language: Language,
  output: TextOutput,
): string {
  const rows: string[][] = [];
  const row = (name: TextName, value: string | null): void => {
    if (value !== null && value !== '') rows.push([text(language, name), visible(value)]);
  };
  row('state', stateName(language, record.state));
  row('blocked', record.blocked ? text(language, 'yes') : null);
  row('field.customs', record.customs ? text(language, 'yes') : null);
  row('field.opened', record.opened ? text(language, 'yes') : null);
  row('field.reason', record.reason === null ? null : message(language, `withdrawal.${record.reason}`));
  row('owner', record.owner);
  row('receiver', record.receiver);
  row('field.sold', record.parts === null ? null : `${record.parts.sold} / ${record.parts.inner}`);
  row('expiry', record.expiry === null ? null : dateOf(record.expiry));
  row('series', record.series);
  row('document', record.document);
  row('contents', contents === 0 ? null : formatCount(language, contents));
  row('lastEvent', formatCount(language, record.lastEvent));
  return `${visible(code)}\n${grid(lookOf(output), [{ head: '' }, { head: '', flexible: true }], rows)}`;
}

/** A register in numbers, for people; ends with a newline. */
export function statText(stat: RegisterStat, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const n = (count: number): string => formatCount(language, count);
  const columns = [
    { head: '', flexible: true },
    { head: '', align: 'right' as const },
  ];
  const head = [
    [text(language, 'register'), visible(stat.path)],
    [text(language, 'units'), n(stat.units)],
    [text(language, 'packages'), n(stat.packages)],
    [text(language, 'events'), n(stat.lastEvent)],
    ...(stat.lastEventAt === null ? [] : [[text(language, 'lastEvent'), formatDateTime(language, stat.lastEventAt)]]),
  ];
  const states = Object.entries(stat.byState).map(([state, count]) => [stateName(language, state), n(count)]);
  const owners = [...stat.owners]
    .sort((a, b) => b.codes - a.codes)
    .slice(0, OWNERS_SHOWN)
    .map(({ owner, codes }) => [visible(owner), n(codes)]);
  const sections = [grid(look, [{ head: '' }, { head: '', flexible: true }], head)];
  if (states.length > 0)
    sections.push(grid(look, [{ ...columns[0]!, head: text(language, 'state') }, columns[1]!], states));
  if (owners.length > 0)
    sections.push(grid(look, [{ ...columns[0]!, head: text(language, 'owner') }, columns[1]!], owners));
  return sections.join('\n');
}
