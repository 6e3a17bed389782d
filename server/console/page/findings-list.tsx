/** Lines that need attention: searched and paged by the server, so that a million of them are no burden here. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../../../engine/messages/format.js';
import { visible } from '../../../engine/messages/visible.js';
import { OUTCOMES } from '../../../engine/reconcile/outcomes.js';
import { faultText } from './api.js';
import { type Finding, findingsPage, type Job } from './jobs.js';
import { label, language, outcomeLabel, severityOf, stateName, t } from './texts.js';

/** Milliseconds without a key after which a search begins. */
const PAUSE_MS = 250;
/** Rows that are shown at once: more make a page slow, and are for the report. */
const ROWS_MAX = 2000;

export function FindingsList({ job }: { job: Job }): JSX.Element {
  const text = useSignal('');
  const outcome = useSignal('');
  const rows = useSignal<readonly Finding[]>([]);
  const next = useSignal<string | null>(null);
  const busy = useSignal(true);
  const fault = useSignal<unknown>(null);
  const asking = useRef(new AbortController());

  const load = async (after: string | null): Promise<void> => {
    asking.current.abort();
    const turn = new AbortController();
    asking.current = turn;
    busy.value = true;
    fault.value = null;
    try {
      const query = { outcome: outcome.value, text: text.value.trim(), after };
      const page = await findingsPage(job.id, query, turn.signal);
      rows.value = after === null ? page.findings : [...rows.value, ...page.findings];
      next.value = page.next;
    } catch (error) {
      if (!turn.signal.aborted) fault.value = error;
    } finally {
      if (asking.current === turn) busy.value = false;
    }
  };
  useEffect(() => {
    void load(null);
    return () => asking.current.abort();
  }, []);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const search = (value: string): void => {
    text.value = value;
    clearTimeout(pause.current);
    pause.current = setTimeout(() => void load(null), PAUSE_MS);
  };

  const present = OUTCOMES.filter((name) => (job.outcomes?.[name] ?? 0) + (job.units?.[name] ?? 0) > 0);
  return (
    <section class="findings-section" aria-labelledby={`findings-${job.id}`}>
      <h3 id={`findings-${job.id}`}>{label('section.findings')}</h3>
      <div class="fields">
        <label class="field wide">
          <span>{t('result.search')}</span>
          <input
            type="search"
            class="code"
            value={text.value}
            onInput={(event) => search(event.currentTarget.value)}
            maxLength={200}
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        <label class="field">
          <span>{label('column.outcome')}</span>
          <select
            value={outcome.value}
            onChange={(event) => {
              outcome.value = event.currentTarget.value;
              void load(null);
            }}
          >
            <option value="">{t('result.all')}</option>
            {present.map((name) => (
              <option key={name} value={name}>
                {outcomeLabel(name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="note" role="status">
        {busy.value
          ? t('busy')
          : rows.value.length === 0
            ? t('result.nothing')
            : t('result.shown', { count: rows.value.length })}
      </p>
      <p class="fault" role="alert">
        {fault.value !== null && faultText(fault.value)}
      </p>
      <ul class="found">
        {rows.value.map((finding, index) => (
          <FindingRow key={index} finding={finding} />
        ))}
      </ul>
      {next.value !== null && !busy.value && rows.value.length < ROWS_MAX && (
        <button type="button" onClick={() => void load(next.value)}>
          {t(rows.value.length === 0 ? 'result.searchOn' : 'result.more')}
        </button>
      )}
      {rows.value.length >= ROWS_MAX && <p class="note">{t('live.bounded', { count: rows.value.length })}</p>}
    </section>
  );
}

function FindingRow({ finding }: { finding: Finding }): JSX.Element {
  const { outcome, code, path, line, state, owner, expiry, parent, error, position } = finding;
  const details = [
    state !== undefined && label('detail.state', { value: stateName(state) }),
    owner !== undefined && label('detail.owner', { value: owner }),
    expiry !== undefined && label('detail.expiry', { value: expiry }),
    parent !== undefined && label('detail.parent', { value: parent }),
    error !== undefined && label('detail.error', { value: error }),
    position !== undefined && label('detail.position', { value: formatCount(language.value, position) }),
  ].filter((detail) => detail !== false);
  return (
    <li>
      <span class={`chip ${severityOf(outcome)}`}>{outcomeLabel(outcome)}</span>
      <span class="path">{visible(code)}</span>
      {path !== undefined && <span class="rest">{t('result.place', { file: path, line: line?.toString() })}</span>}
      {details.length > 0 && <span class="details">{details.join(', ')}</span>}
    </li>
  );
}
