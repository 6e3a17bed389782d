/** Shapes: each verdict has its own, so that it is told apart without colour. */
import type { JSX } from 'preact';

export type Mark = 'yes' | 'no' | 'unknown' | 'waiting' | 'ready';

const SHAPES: Readonly<Record<Mark, JSX.Element>> = {
  yes: (
    <>
      <circle cx="50" cy="50" r="44" class="fill" />
      <path d="M29 52l14 14 29-31" class="cut" />
    </>
  ),
  no: (
    <>
      <path d="M32 6h36l26 26v36L68 94H32L6 68V32z" class="fill" />
      <path d="M34 34l32 32M66 34L34 66" class="cut" />
    </>
  ),
  unknown: (
    <>
      <path d="M50 4l46 46-46 46L4 50z" class="fill" />
      <path d="M39 41a11 11 0 1 1 16 9.700c-3.500 1.900-5 4-5 8.300" class="cut" />
      <circle cx="50" cy="71" r="4.500" class="dot" />
    </>
  ),
  waiting: (
    <>
      <circle cx="50" cy="50" r="41" class="line" />
      <path d="M50 27v24l15 10" class="line" />
    </>
  ),
  ready: (
    <>
      <path
        d="M10 30V16a6 6 0 0 1 6-6h14M70 10h14a6 6 0 0 1 6 6v14M90 70v14a6 6 0 0 1-6 6H70M30 90H16a6 6 0 0 1-6-6V70"
        class="line"
      />
      <path d="M30 36v28M42 36v28M52 36v28M60 36v28M70 36v28" class="line" />
    </>
  ),
};

export function VerdictMark({ mark }: { mark: Mark }): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 100 100" aria-hidden="true">
      {SHAPES[mark]}
    </svg>
  );
}

/** The sign of the house, as reports have it. */
export function TamgaSign(): JSX.Element {
  return (
    <svg class="sign" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M3 17V8a7 7 0 0 1 14 0v9M7.500 17V8.600a2.500 2.500 0 0 1 5 0V17" />
    </svg>
  );
}

const STROKES = {
  sound: 'M4 8v4h3l4 3.500v-11L7 8zM13.500 7.500a3.500 3.500 0 0 1 0 5M15.500 5.500a6.500 6.500 0 0 1 0 9',
  mute: 'M4 8v4h3l4 3.500v-11L7 8zM14 8l4 4M18 8l-4 4',
  leave: 'M8 4H4v12h4M12 6l4 4-4 4M16 10H8',
  download: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  remove: 'M5 5l10 10M15 5L5 15',
  file: 'M5 3h6l4 4v10H5zM11 3v4h4',
} as const;

export function Icon({ name }: { name: keyof typeof STROKES }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={STROKES[name]} />
    </svg>
  );
}
