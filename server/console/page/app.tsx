import { signal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { LANGUAGES } from '../../../engine/messages/language.js';
import { apiKey, setKey } from './api.js';
import { FilesView } from './files-view.js';
import { Icon, TamgaSign } from './icons.js';
import { LinkBanner, LinkPill } from './link-status.js';
import { watchScanner } from './scan-focus.js';
import { ScanView } from './scan-view.js';
import { startScanning, stopScanning } from './scanning.js';
import { SignIn } from './sign-in.js';
import { muted, setMuted } from './sound.js';
import { chooseLanguage, LANGUAGE_NAMES, language, t } from './texts.js';

const VIEWS = ['scan', 'files'] as const;
type View = (typeof VIEWS)[number];

const view = signal<View>(viewOfAddress());
globalThis.addEventListener('hashchange', () => {
  view.value = viewOfAddress();
});

function viewOfAddress(): View {
  return VIEWS.find((name) => location.hash === `#${name}`) ?? 'scan';
}

export function App(): JSX.Element {
  useSignalEffect(() => {
    if (apiKey.value === null) return undefined;
    void startScanning();
    const unwatch = watchScanner(() => {
      if (view.value !== 'scan') location.hash = 'scan';
      view.value = 'scan';
    });
    return () => {
      unwatch();
      stopScanning();
    };
  });
  const inside = apiKey.value !== null;
  return (
    <>
      <header class="top">
        <a class="brand" href="#scan">
          <TamgaSign />
          Tamga
        </a>
        {inside && (
          <nav aria-label={t('nav.label')}>
            {VIEWS.map((name) => (
              <a key={name} href={`#${name}`} aria-current={view.value === name ? 'page' : undefined}>
                {t(`nav.${name}`)}
              </a>
            ))}
          </nav>
        )}
        <div class="tools">
          {inside && <LinkPill />}
          <label class="language">
            <span class="hidden">{t('language')}</span>
            <select value={language.value} onChange={(event) => chooseLanguage(event.currentTarget.value)}>
              {LANGUAGES.map((code) => (
                <option key={code} value={code}>
                  {LANGUAGE_NAMES[code]}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            class="quiet square"
            aria-pressed={!muted.value}
            aria-label={t(muted.value ? 'sound.off' : 'sound.on')}
            title={t(muted.value ? 'sound.off' : 'sound.on')}
            onClick={() => setMuted(!muted.value)}
          >
            <Icon name={muted.value ? 'mute' : 'sound'} />
          </button>
          {inside && (
            <button
              type="button"
              class="quiet square"
              aria-label={t('key.forget')}
              title={t('key.forget')}
              onClick={() => setKey(null)}
            >
              <Icon name="leave" />
            </button>
          )}
        </div>
      </header>
      {inside && <LinkBanner />}
      <main>
        {!inside && <SignIn />}
        {inside && view.value === 'scan' && <ScanView />}
        {inside && view.value === 'files' && <FilesView />}
      </main>
    </>
  );
}
