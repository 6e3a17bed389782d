/** How things stand with the server, said plainly. */
import type { JSX } from 'preact';
import { join, leftovers, link, online, place, retryNow, stored, unconfirmed } from './scanning.js';
import { t } from './texts.js';

export function LinkPill(): JSX.Element {
  const waiting = unconfirmed.value;
  return (
    <p class={`pill ${link.value.name}`} role="status">
      <span class="light" aria-hidden="true" />
      <span class="state">{t(`link.${link.value.name}`)}</span>
      {waiting > 0 && <span class="unsent">{t('unsent', { count: waiting })}</span>}
    </p>
  );
}

export function LinkBanner(): JSX.Element | null {
  const state = link.value;
  if (state.name === 'stopped') {
    const texts = { 4403: 'stopped.forbidden', 4409: 'stopped.closed', 4410: 'stopped.replaced' } as const;
    const text = texts[state.code as keyof typeof texts];
    return (
      <div class="banner stopped" role="alert">
        <strong>{t('link.stopped')}</strong>
        <p>{text ? t(text) : t('stopped.other', { code: String(state.code) })}</p>
        <button type="button" onClick={() => place.value && void join(place.value)}>
          {t('offline.retry')}
        </button>
      </div>
    );
  }
  if (!online.value && (state.name === 'offline' || unconfirmed.value > 0)) {
    return (
      <div class="banner offline" role="alert">
        <strong>{t('offline.heading')}</strong>
        <p>
          {t(stored.value ? 'offline.kept' : 'offline.lost')}{' '}
          {unconfirmed.value > 0 && <b>{t('unsent', { count: unconfirmed.value })}.</b>}
        </p>
        <button type="button" onClick={retryNow}>
          {t('offline.retry')}
        </button>
      </div>
    );
  }
  const [left] = leftovers.value;
  if (left && place.value) {
    const [session, count] = left;
    const now = place.value;
    return (
      <div class="banner offline" role="status">
        <p>{t('unsent.other', { session, count })}</p>
        <button type="button" onClick={() => void join({ ...now, session, expected: null })}>
          {t('live.join')}
        </button>
      </div>
    );
  }
  return null;
}
