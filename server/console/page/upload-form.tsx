import { type Signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatBytes } from '../../../engine/messages/format.js';
import { Fault, faultText } from './api.js';
import { Icon } from './icons.js';
import { loadJobs, openJob, type Sending, sendJob } from './jobs.js';
import { OPERATIONS, type Operation } from './scanning.js';
import { language, t } from './texts.js';

export function UploadForm(): JSX.Element {
  const kind = useSignal<'reconcile' | 'verify'>('reconcile');
  const expected = useSignal<readonly File[]>([]);
  const scanned = useSignal<readonly File[]>([]);
  const owner = useSignal('');
  const operation = useSignal<Operation>('accept');
  const sending = useSignal<Sending | null>(null);
  const sent = useSignal<[number, number]>([0, 0]);
  const fault = useSignal('');

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (sending.value) return;
    if (kind.value === 'reconcile' && expected.value.length === 0) fault.value = t('upload.needExpected');
    else if (scanned.value.length === 0) fault.value = t('upload.needScanned');
    else fault.value = '';
    if (fault.value !== '') return;
    sent.value = [0, 0];
    sending.value = sendJob(
      {
        kind: kind.value,
        expected: expected.value,
        scanned: scanned.value,
        owner: owner.value.trim(),
        operation: operation.value,
      },
      (...bytes) => {
        sent.value = bytes;
      },
    );
    try {
      openJob.value = await sending.value.done;
      expected.value = [];
      scanned.value = [];
      await loadJobs();
    } catch (error) {
      fault.value = error instanceof Fault && error.code === 'CANCELLED' ? t('upload.cancelled') : faultText(error);
    } finally {
      sending.value = null;
    }
  };

  const [done, total] = sent.value;
  return (
    <section class="card upload" aria-labelledby="upload-heading">
      <h1 id="upload-heading">{t('upload.heading')}</h1>
      <p class="note">{t('upload.note')}</p>
      <form onSubmit={send}>
        <fieldset class="kinds">
          <legend class="hidden">{t('upload.kind')}</legend>
          {(['reconcile', 'verify'] as const).map((name) => (
            <label key={name} class="kind">
              <input
                type="radio"
                name="kind"
                checked={kind.value === name}
                onChange={() => {
                  kind.value = name;
                  if (name === 'verify') scanned.value = scanned.value.slice(0, 1);
                }}
              />
              {t(`upload.${name}`)}
            </label>
          ))}
        </fieldset>
        <div class="drops">
          {kind.value === 'reconcile' && <FilePicker id="expected" title={t('upload.expected')} files={expected} />}
          <FilePicker
            id="scanned"
            title={t('upload.scanned')}
            files={scanned}
            // A check of codes reads one file.
            single={kind.value === 'verify'}
          />
        </div>
        <div class="fields">
          {kind.value === 'verify' && (
            <label class="field">
              <span>{t('operation')}</span>
              <select
                value={operation.value}
                onChange={(event) => (operation.value = OPERATIONS.find((name) => name === event.currentTarget.value)!)}
              >
                {OPERATIONS.map((name) => (
                  <option key={name} value={name}>
                    {t(`operation.${name}`)}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label class="field wide">
            <span>{t('upload.owner')}</span>
            <input
              value={owner.value}
              onInput={(event) => (owner.value = event.currentTarget.value)}
              maxLength={100}
              autocomplete="off"
              inputMode="numeric"
            />
          </label>
        </div>
        <p class="fault" role="alert">
          {fault.value}
        </p>
        {sending.value ? (
          <div class="progress">
            <progress max={Math.max(1, total)} value={done} aria-label={t('upload.start')} />
            <div class="row spread">
              <p class="note" role="status">
                {t('upload.sending', {
                  done: formatBytes(language.value, done),
                  total: formatBytes(language.value, total),
                })}
              </p>
              <button type="button" class="quiet" onClick={() => sending.value?.cancel()}>
                {t('upload.cancel')}
              </button>
            </div>
          </div>
        ) : (
          <button type="submit" class="main">
            {t('upload.start')}
          </button>
        )}
      </form>
    </section>
  );
}

interface Picker {
  id: string;
  title: string;
  files: Signal<readonly File[]>;
  single?: boolean;
}

function FilePicker({ id, title, files, single = false }: Picker): JSX.Element {
  const over = useSignal(false);
  const add = (list: FileList | undefined | null): void => {
    files.value = single ? [...(list ?? [])].slice(0, 1) : [...files.value, ...(list ?? [])];
  };
  return (
    <div class="drop">
      <label
        class={over.value ? 'target over' : 'target'}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          add(event.dataTransfer?.files);
        }}
      >
        <Icon name="file" />
        <span class="name">{title}</span>
        <span class="note">{t('upload.choose')}</span>
        <input
          id={`files-${id}`}
          class="hidden"
          type="file"
          multiple={!single}
          onChange={(event) => {
            add(event.currentTarget.files);
            // The same file can be chosen again after it was removed.
            event.currentTarget.value = '';
          }}
        />
      </label>
      {files.value.length > 0 && (
        <ul class="chosen">
          {files.value.map((file, index) => (
            <li key={`${index} ${file.name}`}>
              <span class="path">{file.name}</span>
              <span class="rest">{formatBytes(language.value, file.size)}</span>
              <button
                type="button"
                class="quiet square"
                aria-label={t('upload.remove', { name: file.name })}
                onClick={() => {
                  files.value = files.value.filter((other) => other !== file);
                }}
              >
                <Icon name="remove" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
