// The elements of a batch as columns: all elements of all rows one after the other, and where each row's begin.
//
//   first      u32, one more than there are rows: number of the row's first element
//   AI         u16: digits × 10,000 + the AI as a number
//   offset     u32, of the value in the input
//   length     u16, of the value
let input: usize = 0;
let first: usize = 0;
let ais: usize = 0;
let offsets: usize = 0;
let lengths: usize = 0;
let count: u32 = 0;

/** True while elements are kept. */
export let keeping: bool = false;

/** Tells where the input and the columns are; there must be room for every element of the next batch that keeps them. */
export function placeElementColumns(
  inputAt: usize,
  firstAt: usize,
  aisAt: usize,
  offsetsAt: usize,
  lengthsAt: usize,
): void {
  input = inputAt;
  first = firstAt;
  ais = aisAt;
  offsets = offsetsAt;
  lengths = lengthsAt;
}

/** Begins a batch that keeps elements, or doesn't. */
export function beginElements(keep: bool): void {
  keeping = keep;
  count = 0;
}

/** Adds an element: its AI as a number, the address and the length of its value. */
export function addElement(ai: u32, at: usize, length: u32): void {
  store<u16>(ais + ((<usize>count) << 1), <u16>ai);
  store<u32>(offsets + ((<usize>count) << 2), <u32>(at - input));
  store<u16>(lengths + ((<usize>count) << 1), <u16>length);
  count++;
}

/** Notes where the elements of a row begin; after the last row, where they end. */
export function beginRow(row: usize): void {
  store<u32>(first + (row << 2), count);
}

/** Forgets the elements of a row that turned out to be no code. */
export function dropRow(row: usize): void {
  count = load<u32>(first + (row << 2));
}
