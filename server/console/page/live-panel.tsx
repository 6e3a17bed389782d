/** The session: what all its devices have scanned, as it happens. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatCount } from '../../../engine/messages/format.js';
import type { ClientCounts } from '../../stream-client/index.js';
import { VerdictMark } from './icons.js';
import { jobs, loadJobs } from './jobs.js';
import { focusScanBox } from './scan-focus.js';
import { counts, FEED_MAX, feed, idOf, join, type LiveItem, NAME, place, skipped } from './scanning.js';
import { label, language, outcomeLabel, severityOf, t } from './texts.js';

export function LivePanel(): JSX.Element {
  const changing = useSignal(false);
  const now = place.value;
  return (
    <section class="card live" aria-labelledby="live-heading">
      <div class="head">
        <h2 id="live-heading">{t('live.heading')}</h2>
        {now && !changing.value && (
          <button type="button" class="quiet" onClick={() => (changing.value = true)}>
            {t('live.change')}
          </button>
        )}
      </div>
      {now && !changing.value && (
        <p class="place">
          <span class="code">{now.session}</span> <span class="rest code">{now.device}</span>
        </p>
      )}
      {now && changing.value && (
        <PlaceForm
          onDone={() => {
            changing.value = false;
            focusScanBox();
          }}
        />
      )}
      {counts.value && <Tiles {...counts.value} />}
      <h3>{t('live.feed')}</h3>
      {feed.value.length === 0 ? (
        <p class="none">{t('live.empty')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached with the keyboard
        <ol class="feed" tabIndex={0} aria-label={t('live.feed')}>
          {feed.value.map((item) => (
            <FeedRow key={idOf(item)} item={item} own={item.device === now?.device} />
          ))}
        </ol>
      )}
      {skipped.value > 0 && <p class="note">{t('live.skipped', { count: skipped.value })}</p>}
      {feed.value.length === FEED_MAX && <p class="note">{t('live.bounded', { count: FEED_MAX })}</p>}
    </section>
  );
}

function FeedRow({ item, own }: { item: LiveItem; own: boolean }): JSX.Element {
  const { allow, outcome, key, time, device, repeated } = item;
  return (
    <li class={allow}>
      <VerdictMark mark={allow} />
      <span class="code">{key === null ? '—' : <Key text={key} />}</span>
      <span class="outcome">
        {outcomeLabel(outcome)}
        {repeated && outcome !== 'DUPLICATE' && ` · ${outcomeLabel('DUPLICATE')}`}
      </span>
      <span class="when">
        <time dateTime={new Date(time).toISOString()}>{clock(time)}</time>
        {!own && <span class="device">{device}</span>}
      </span>
    </li>
  );
}

/** A key that breaks between GTIN and serial number, where it has to. */
function Key({ text }: { text: string }): JSX.Element {
  const [, gtin, serial] = /^(\d{14})(.+)$/.exec(text) ?? [];
  if (gtin === undefined) return <>{text}</>;
  return (
    <>
      {gtin}
      <wbr />
      {serial}
    </>
  );
}

function clock(time: number): string {
  return new Intl.DateTimeFormat(language.value, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(time);
}

function Tiles({ scans, repeated, devices, outcomes, expected }: ClientCounts): JSX.Element {
  const problems = Object.entries(outcomes).reduce(
    (sum, [outcome, count]) => sum + (severityOf(outcome) === 'error' ? count : 0),
    0,
  );
  const tiles = expected
    ? [
        { kind: 'matched', name: t('count.found'), value: expected.found, of: expected.total },
        { kind: 'shortage', name: t('count.missing'), value: expected.missing },
        { kind: 'surplus', name: label('total.surplus'), value: expected.surplus },
      ]
    : [
        { kind: 'expected', name: t('count.scans'), value: scans },
        { kind: 'shortage', name: t('count.problems'), value: problems },
        { kind: 'surplus', name: t('count.repeated'), value: repeated },
      ];
  return (
    <>
      <dl class="tiles small">
        {tiles.map(({ kind, name, value, of }) => (
          <div key={kind} class={`tile ${value === 0 && kind !== 'expected' ? 'none' : kind}`}>
            <dt>{name}</dt>
            <dd>
              {formatCount(language.value, value)}
              {of !== undefined && <small> / {formatCount(language.value, of)}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {expected && <progress max={Math.max(1, expected.total)} value={expected.found} aria-label={t('count.found')} />}
      <p class="note">
        {expected && `${t('count.scans')}: ${formatCount(language.value, scans)} · `}
        {t('count.devices')}: {formatCount(language.value, devices)}
      </p>
    </>
  );
}

function PlaceForm({ onDone }: { onDone: () => void }): JSX.Element {
  const now = place.value!;
  const session = useSignal(now.session);
  const expected = useSignal(now.expected ?? '');
  if (jobs.value === null) void loadJobs();
  const comparable = (jobs.value ?? []).filter(({ kind, state }) => kind !== 'import' && state === 'done');
  const enter = (event: Event): void => {
    event.preventDefault();
    if (!NAME.test(session.value)) return;
    void join({ ...now, session: session.value, expected: expected.value || null });
    onDone();
  };
  return (
    <form class="place-form" onSubmit={enter}>
      <label for="session-name">{t('live.name')}</label>
      <input
        id="session-name"
        class="code"
        value={session.value}
        onInput={(event) => (session.value = event.currentTarget.value)}
        pattern="[A-Za-z0-9._\-]{1,64}"
        maxLength={64}
        required
        autocomplete="off"
        aria-describedby="session-note"
      />
      <p class="note" id="session-note">
        {t('live.nameNote')}
      </p>
      <label for="session-expected">{t('live.expected')}</label>
      <select
        id="session-expected"
        value={expected.value}
        onChange={(event) => (expected.value = event.currentTarget.value)}
      >
        <option value="">{t('live.expectedNone')}</option>
        {comparable.map(({ id, inputs, createdAt }) => (
          <option key={id} value={id}>
            {inputs?.[0]?.name ?? id} {createdAt?.slice(0, 16).replace('T', ' ')}
          </option>
        ))}
      </select>
      <div class="row end">
        <button type="button" class="quiet" onClick={onDone}>
          {t('live.cancel')}
        </button>
        <button type="submit" class="main">
          {t('live.join')}
        </button>
      </div>
    </form>
  );
}
