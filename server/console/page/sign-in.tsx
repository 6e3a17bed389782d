import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { checkKey, Fault, faultText, setKey } from './api.js';
import { t } from './texts.js';

export function SignIn(): JSX.Element {
  const fault = useSignal<unknown>(null);
  const busy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);

  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    const key = field.current?.value.trim() ?? '';
    if (key === '' || busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      // A header takes these characters only; no key has others.
      if (!/^[\x21-\x7e]+$/.test(key)) throw new Fault('NO_KEY');
      await checkKey(key);
      setKey(key);
    } catch (error) {
      fault.value = error;
      field.current?.select();
    } finally {
      busy.value = false;
    }
  };

  return (
    <form class="card sign-in" onSubmit={enter}>
      <h1>{t('key.heading')}</h1>
      <label for="key">{t('key.label')}</label>
      <input
        id="key"
        ref={field}
        type="password"
        autocomplete="off"
        spellcheck={false}
        required
        aria-describedby="key-note key-fault"
        aria-invalid={fault.value !== null}
      />
      <p class="fault" id="key-fault" role="alert">
        {fault.value !== null && faultText(fault.value)}
      </p>
      <button type="submit" class="main" aria-disabled={busy.value}>
        {t(busy.value ? 'key.checking' : 'key.enter')}
      </button>
      <p class="note" id="key-note">
        {t('key.note')} {t('key.where')}
      </p>
    </form>
  );
}
