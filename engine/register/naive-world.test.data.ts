// The world of the naive model: what is known of each code, by its text.
export interface NaiveRecord {
  package: boolean;
  opened: boolean;
  blocked: boolean;
  customs: boolean;
  group: number;
  state: string;
  owner: string;
  receiver: string;
  parent: string;
  expiry: string;
  series: string;
  price: number;
  inner: number;
  sold: number;
  document: string;
  reason: string;
  lastEvent: number;
}

export type World = Map<string, NaiveRecord>;

export const EMPTY: NaiveRecord = {
  package: false,
  opened: false,
  blocked: false,
  customs: false,
  group: 0,
  state: 'UNKNOWN',
  owner: '',
  receiver: '',
  parent: '',
  expiry: '',
  series: '',
  price: 0,
  inner: 0,
  sold: 0,
  document: '',
  reason: '',
  lastEvent: 0,
};
const isSscc = (text: string): boolean => /^\d{18}$/.test(text);
export const copyOf = (world: World): World => new Map([...world].map(([code, record]) => [code, { ...record }]));

export function contents(world: World, code: string): string[] {
  return [...world].filter(([, { parent }]) => parent === code).map(([text]) => text);
}

export function chain(world: World, code: string): string[] {
  const around = [];
  for (let at = code; at !== '' && world.has(at); at = (world.get(at) as NaiveRecord).parent) around.push(at);
  return around;
}

export function tree(world: World, code: string): string[] {
  return [code, ...contents(world, code).flatMap((child) => tree(world, child))];
}

export function ensure(world: World, code: string): NaiveRecord {
  const known = world.get(code) ?? { ...EMPTY, package: isSscc(code) };
  world.set(code, known);
  return known;
}
