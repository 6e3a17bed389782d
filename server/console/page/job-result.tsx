import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatCount, formatShare } from '../../../engine/messages/format.js';
import { OUTCOMES } from '../../../engine/reconcile/outcomes.js';
import { faultText } from './api.js';
import { Ring, UnitsBar } from './charts.js';
import { FindingsList } from './findings-list.js';
import { Icon } from './icons.js';
import { downloadReport, type Job } from './jobs.js';
import { label, language, outcomeLabel, outcomeMeaning, severityOf, t } from './texts.js';

export function JobResult({ job }: { job: Job }): JSX.Element {
  const { totals, units, outcomes = {} } = job;
  const rows = countsOf(units ?? outcomes);
  return (
    <>
      {totals && <Totals totals={totals} />}
      {rows.length > 0 && (
        <div class="split">
          <Ring counts={rows} share={totals ? formatShare(language.value, totals.matched, totals.expected) : ''} />
          <OutcomeTable rows={rows} heading={units ? label('column.units') : label('column.lines')} />
        </div>
      )}
      {job.kind === 'reconcile' && <Reports id={job.id} />}
      <FindingsList job={job} />
    </>
  );
}

interface Row {
  outcome: (typeof OUTCOMES)[number];
  count: number;
}

/** Outcomes that occur, in the order of reports. */
function countsOf(counts: Record<string, number>): Row[] {
  return OUTCOMES.map((outcome) => ({ outcome, count: counts[outcome] ?? 0 })).filter(({ count }) => count > 0);
}

function Totals({ totals }: { totals: NonNullable<Job['totals']> }): JSX.Element {
  const tiles = [
    ['expected', totals.expected],
    ['matched', totals.matched],
    ['shortage', totals.shortage],
    ['surplus', totals.surplus],
  ] as const;
  return (
    <>
      <dl class="tiles">
        {tiles.map(([kind, value]) => (
          <div key={kind} class={`tile ${value === 0 ? 'none' : kind}`}>
            <dt>{label(`total.${kind}`)}</dt>
            <dd>
              {formatCount(language.value, value)}{' '}
              {(kind === 'matched' || kind === 'shortage') && totals.expected > 0 && (
                <small>{formatShare(language.value, value, totals.expected)}</small>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <UnitsBar {...totals} />
    </>
  );
}

function OutcomeTable({ rows, heading }: { rows: readonly Row[]; heading: string }): JSX.Element {
  return (
    <table class="outcomes">
      <thead>
        <tr>
          <th scope="col">{label('column.outcome')}</th>
          <th scope="col" class="n">
            {heading}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ outcome, count }) => (
          <tr key={outcome}>
            <th scope="row" class="legend">
              <span class={`swatch o-${outcome}`} />
              <span class="name">{outcomeLabel(outcome)}</span>
              <span class={`chip ${severityOf(outcome)}`}>{label(`severity.${severityOf(outcome)}`)}</span>
              <span class="meaning">{outcomeMeaning(outcome)}</span>
            </th>
            <td class="n">{formatCount(language.value, count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Reports({ id }: { id: string }): JSX.Element {
  const busy = useSignal('');
  const fault = useSignal<unknown>(null);
  const download = async (form: string): Promise<void> => {
    if (busy.value !== '') return;
    busy.value = form;
    fault.value = null;
    try {
      await downloadReport(id, form, language.value);
    } catch (error) {
      fault.value = error;
    } finally {
      busy.value = '';
    }
  };
  return (
    <fieldset class="reports">
      <legend class="name">{t('result.reports')}</legend>
      <div class="row">
        {['html', 'xlsx', 'csv'].map((form) => (
          <button
            key={form}
            type="button"
            aria-label={t('result.download', { form: form.toUpperCase() })}
            aria-disabled={busy.value !== ''}
            onClick={() => void download(form)}
          >
            <Icon name="download" />
            {busy.value === form ? t('busy') : form.toUpperCase()}
          </button>
        ))}
      </div>
      <p class="fault" role="alert">
        {fault.value !== null && faultText(fault.value)}
      </p>
    </fieldset>
  );
}
