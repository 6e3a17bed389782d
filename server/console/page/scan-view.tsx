import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { codeOfLine, shownLine, Wedge } from '../wedge.js';
import { LivePanel } from './live-panel.js';
import { SCAN_BOX } from './scan-focus.js';
import { defaultSession, join, OPERATIONS, place, scan } from './scanning.js';
import { t } from './texts.js';
import { VerdictPanel } from './verdict-panel.js';

export function ScanView(): JSX.Element {
  return (
    <div class="scanning">
      <section class="card scan" aria-labelledby="scan-heading">
        <h1 class="hidden" id="scan-heading">
          {t('scan.heading')}
        </h1>
        <VerdictPanel />
        <ScanBox />
      </section>
      <LivePanel />
    </div>
  );
}

type Notice = 'scan.caps' | 'scan.layout' | 'scan.tooLong' | 'scan.full' | null;

function ScanBox(): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  const wedge = useRef(new Wedge());
  const notice = useSignal<Notice>(null);
  useLayoutEffect(() => box.current?.focus(), []);

  const submit = (): void => {
    const field = box.current!;
    const taken = scan(codeOfLine(field.value));
    if (taken !== 'taken') notice.value = `scan.${taken}`;
    field.value = '';
    wedge.current.become('');
    field.focus({ preventScroll: true });
    document.querySelector('.answer')?.scrollIntoView({ block: 'nearest' });
  };

  const press = (event: KeyboardEvent): void => {
    const field = box.current!;
    // An input method composes the text itself.
    if (event.isComposing) return;
    const { selectionStart, selectionEnd, value } = field;
    const behind = selectionStart === value.length && selectionEnd === value.length;
    const whole = selectionStart === 0 && selectionEnd === value.length && value !== '';
    if (whole && [...event.key].length === 1 && !event.ctrlKey && !event.metaKey) {
      field.value = '';
      wedge.current.become('');
    } else if (!behind && event.key !== 'Enter') return;
    if (wedge.current.text !== field.value) wedge.current.become(field.value);
    const stroke = wedge.current.press(event, event.timeStamp);
    if (stroke.type === 'pass') return;
    event.preventDefault();
    if (stroke.type === 'enter') {
      submit();
      return;
    }
    field.value = stroke.text;
    if (wedge.current.byKeys) notice.value = 'scan.layout';
    else notice.value = event.getModifierState('CapsLock') ? 'scan.caps' : null;
  };

  const change = (): void => {
    const field = box.current!;
    field.value = shownLine(field.value);
    wedge.current.become(field.value);
  };

  return (
    <form
      class="scan-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label for={SCAN_BOX}>{t('scan.label')}</label>
      <div class="row">
        <input
          id={SCAN_BOX}
          ref={box}
          type="text"
          class="code"
          autocomplete="off"
          autocapitalize="off"
          autocorrect="off"
          spellcheck={false}
          enterkeyhint="go"
          aria-describedby="scan-hint scan-notice"
          onKeyDown={press}
          onInput={change}
        />
        <button type="submit" class="main">
          {t('scan.check')}
        </button>
      </div>
      <p class="notice" id="scan-notice" role="status">
        {notice.value !== null && t(notice.value)}
      </p>
      <div class="under">
        <p class="note" id="scan-hint">
          {t('scan.hint')}
        </p>
        <OperationChoice />
      </div>
    </form>
  );
}

function OperationChoice(): JSX.Element | null {
  const now = place.value;
  if (!now) return null;
  const choose = (value: string): void => {
    const operation = OPERATIONS.find((name) => name === value)!;
    // A session is of one operation: another one goes on elsewhere.
    void join({ ...now, operation, session: defaultSession(operation), expected: null });
  };
  return (
    <label class="operation">
      <span>{t('operation')}</span>
      <select value={now.operation} onChange={(event) => choose(event.currentTarget.value)}>
        {OPERATIONS.map((name) => (
          <option key={name} value={name}>
            {t(`operation.${name}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
