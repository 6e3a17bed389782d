/** What is being scanned: the session, the latest verdict, the feed, and how far the server has confirmed. */
import { batch, computed, signal } from '@preact/signals';
import type { ClientCounts, ClientScan, ClientVerdict, LiveFrame } from '../../stream-client/index.js';
import { CODE_LENGTH_MAX } from '../wedge.js';
import { apiKey, setKey } from './api.js';
import { keep, kept } from './keep.js';
import { Outbox } from './outbox.js';
import { type LinkState, ScanLine } from './scan-line.js';
import { play } from './sound.js';

export const OPERATIONS = ['accept', 'count', 'sale', 'return'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Rows of the feed that are kept: nobody reads more, and a day's scans must not fill the memory. */
export const FEED_MAX = 200;
/** The server closes with this when it doesn't take the key. */
const NO_KEY = 4401;
/** Names of sessions and devices. */
export const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** Where this page scans. */
export interface Place {
  session: string;
  device: string;
  operation: Operation;
  /** Job whose expected files the session is compared with. */
  expected: string | null;
}

/** What the big panel shows. */
export interface Current {
  scan: ClientScan;
  /** `waiting` for the server, `queued` without a connection, or the answer. */
  answer: 'waiting' | 'queued' | ClientVerdict | { fault: string };
}

/** A row of the feed. */
export type LiveItem = LiveFrame['items'][number];

/** Milliseconds without an answer after which a scan is said to be kept: the connection may be gone without a word. */
const SILENT_MS = 2_000;

export const link = signal<LinkState>({ name: 'connecting' });
export const place = signal<Place | null>(null);
export const current = signal<Current | null>(null);
export const feed = signal<readonly LiveItem[]>([]);
/** Scans of the session that passed by too fast to be shown. */
export const skipped = signal(0);
export const counts = signal<ClientCounts | null>(null);
export const unconfirmed = signal(0);
/** Scans that are not confirmed outlive this page. */
export const stored = signal(true);
/** Other sessions with scans of this device that were never sent. */
export const leftovers = signal<ReadonlyMap<string, number>>(new Map());
export const online = computed(() => link.value.name === 'open');

let outbox: Outbox | null = null;
let line: ScanLine | null = null;
let joined = 0;
/** Codes that were scanned while the session was being opened. */
let early: string[] = [];

/** Opens the session that this page scanned in last, or one of today. */
export async function startScanning(): Promise<void> {
  outbox = await Outbox.open();
  stored.value = outbox !== null;
  const operation = OPERATIONS.find((name) => name === kept('operation')) ?? 'accept';
  const device = await ownDevice();
  const session = kept('session', 'session') ?? defaultSession(operation);
  await join({ session, device, operation, expected: kept('expected', 'session') });
}

export function stopScanning(): void {
  joined++;
  line?.close();
  line = null;
  batch(() => {
    place.value = null;
    current.value = null;
    feed.value = [];
    counts.value = null;
  });
}

/** Goes to a session; scans of the old one that are not confirmed stay in the outbox under its name. */
export async function join(next: Place): Promise<void> {
  const key = apiKey.value;
  if (key === null) return;
  const turn = ++joined;
  line?.close();
  line = null;
  keep('operation', next.operation);
  keep('session', next.session === defaultSession(next.operation) ? null : next.session, 'session');
  keep('expected', next.expected, 'session');
  const seat = { session: next.session, device: next.device };
  const found = (await outbox?.load(seat)) ?? { scans: [], lastSeq: null };
  const left = (await outbox?.leftovers(next.device)) ?? new Map<string, number>();
  if (turn !== joined) return;
  left.delete(next.session);
  batch(() => {
    place.value = next;
    current.value = null;
    feed.value = [];
    skipped.value = 0;
    counts.value = null;
    leftovers.value = left;
  });
  line = new ScanLine({
    key,
    seat,
    context: { operation: next.operation },
    expected: next.expected ?? undefined,
    outbox,
    kept: found,
    onState: (state) => {
      link.value = state;
      if (state.name === 'stopped' && state.code === NO_KEY) setKey(null);
      if (state.name === 'offline' || state.name === 'stopped') queueCurrent();
    },
    onWaiting: (count) => {
      unconfirmed.value = count;
    },
    onForgetful: () => {
      stored.value = false;
    },
    onVerdict: receive,
    onLive: (frame) => {
      batch(() => {
        counts.value = frame.counts;
        skipped.value += frame.skipped ?? 0;
        show(frame.items);
      });
    },
    onSession: (frame) => {
      counts.value = frame.counts;
    },
    onError: ({ code, seq }) => {
      const now = current.value;
      if (now === null || seq === undefined || seq !== now.scan.seq) return;
      current.value = { ...now, answer: { fault: code } };
      play('unknown');
    },
  });
  const waited = early;
  early = [];
  for (const code of waited) scan(code);
}

/** Takes a code that was scanned, or says why not. */
export function scan(code: string): 'taken' | 'tooLong' | 'full' {
  if (code === '') return 'taken';
  if (code.length > CODE_LENGTH_MAX) {
    play('no');
    return 'tooLong';
  }
  if (!line) {
    early.push(code);
    return 'taken';
  }
  let made: ClientScan;
  try {
    made = line.scan(code);
  } catch {
    play('no');
    return 'full';
  }
  const waits = online.value;
  current.value = { scan: made, answer: waits ? 'waiting' : 'queued' };
  if (waits) {
    setTimeout(() => {
      if (current.value?.scan === made) queueCurrent();
    }, SILENT_MS);
  } else play('queued');
  return 'taken';
}

export function retryNow(): void {
  line?.retry();
}

/** The session of the day for an operation. */
export function defaultSession(operation: Operation, at = new Date()): string {
  const part = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${part(at.getMonth() + 1)}-${part(at.getDate())}-${operation}`;
}

function receive(verdict: ClientVerdict, scan: ClientScan): void {
  const now = current.value;
  if (now === null || now.scan !== scan) return;
  current.value = { ...now, answer: verdict };
  play(verdict.repeated && verdict.allow !== 'no' ? 'repeated' : verdict.allow);
}

/** Puts rows before the others, the latest first, each scan once. */
function show(items: readonly LiveItem[]): void {
  const known = new Set(feed.value.map(idOf));
  const fresh = items.filter((item) => !known.has(idOf(item))).reverse();
  if (fresh.length > 0) feed.value = [...fresh, ...feed.value].slice(0, FEED_MAX);
}

export function idOf({ device, seq }: LiveItem): string {
  return `${device}/${seq}`;
}

function queueCurrent(): void {
  if (current.value?.answer === 'waiting') current.value = { ...current.value, answer: 'queued' };
}

/** A name of this browser's own; a second window takes a second one, since the server has one connection a device. */
async function ownDevice(): Promise<string> {
  let base = kept('device');
  if (base === null || !NAME.test(base)) {
    base = `web-${[...crypto.getRandomValues(new Uint8Array(3))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    keep('device', base);
  }
  // Without a secure origin there are no locks: the server then tells the older window that it was replaced.
  if (!('locks' in navigator)) return base;
  for (let number = 1; number < 100; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (await hold(name)) return name;
  }
  return base;
}

let held = '';
function hold(name: string): Promise<boolean> {
  if (held === name) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(`tamga.device.${name}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (lock === null) return undefined;
      held = name;
      return new Promise(() => undefined);
    });
  });
}

globalThis.addEventListener('online', () => line?.retry());
