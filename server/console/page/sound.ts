/** A sound for each verdict: they differ in pitch, number and timbre, so that they are told apart without looking. */
import { signal } from '@preact/signals';
import { keep, kept } from './keep.js';

export type Tone = 'yes' | 'no' | 'unknown' | 'repeated' | 'queued';

interface Note {
  hertz: number;
  /** Seconds from the start. */
  at: number;
  seconds: number;
  shape: OscillatorType;
}

const TONES: Readonly<Record<Tone, readonly Note[]>> = {
  // Up, bright.
  yes: [
    { hertz: 880, at: 0, seconds: 0.07, shape: 'sine' },
    { hertz: 1318.5, at: 0.07, seconds: 0.11, shape: 'sine' },
  ],
  // Low and rough, three times.
  no: [0, 0.17, 0.34].map((at) => ({ hertz: 185, at, seconds: 0.12, shape: 'square' })),
  // Down, soft.
  unknown: [
    { hertz: 659.3, at: 0, seconds: 0.13, shape: 'triangle' },
    { hertz: 493.9, at: 0.15, seconds: 0.2, shape: 'triangle' },
  ],
  // The same again, level.
  repeated: [0, 0.14].map((at) => ({ hertz: 587.3, at, seconds: 0.1, shape: 'triangle' })),
  queued: [{ hertz: 523.3, at: 0, seconds: 0.05, shape: 'sine' }],
};
const LOUDNESS: Readonly<Partial<Record<OscillatorType, number>>> = { square: 0.12, triangle: 0.3, sine: 0.25 };

export const muted = signal(kept('muted') === '1');

export function setMuted(value: boolean): void {
  keep('muted', value ? '1' : '0');
  muted.value = value;
}

let context: AudioContext | null = null;

/** Plays a tone, unless sound is off or the browser has none. Browsers allow it after the first key or click. */
export function play(tone: Tone): void {
  if (muted.value || !('AudioContext' in globalThis)) return;
  context ??= new AudioContext();
  void context.resume();
  const start = context.currentTime + 0.01;
  for (const { hertz, at, seconds, shape } of TONES[tone]) {
    const oscillator = new OscillatorNode(context, { type: shape, frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    const begin = start + at;
    // A sudden edge would click.
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(LOUDNESS[shape] ?? 0.2, begin + 0.008);
    gain.gain.setValueAtTime(LOUDNESS[shape] ?? 0.2, begin + seconds - 0.02);
    gain.gain.linearRampToValueAtTime(0, begin + seconds);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(begin);
    oscillator.stop(begin + seconds);
  }
  if (tone === 'no') navigator.vibrate?.([80, 60, 80]);
}
