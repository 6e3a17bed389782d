/** `/v1/jobs`: uploads of what is expected and what was scanned, their comparison, and what it came to. */
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import multipart from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { isTamgaError } from '../../../engine/errors.js';
import type { Job, JobSpec } from '../../../engine/index.js';
import type { Language } from '../../../engine/messages/index.js';
import { participantOf } from '../access/access.js';
import { answerOf } from '../documentation.js';
import { publicMessage } from '../engine-errors.js';
import type { Face } from '../faces.js';
import { Refusal } from '../refusals.js';
import { findingsFile, readPage } from './findings.js';
import { REPORT_TYPES, type ReportForm, reportFile } from './reports.js';
import { FindingsQuery, JobFields, JobForm, JobId, JobView, ReportQuery } from './schema.js';
import { nameIn, receiveUpload, type Upload } from './upload.js';

/** Files of one form. */
const FILES_MAX = 1000;
const FIELD_BYTES_MAX = 4096;
const PAGE_MAX = 10_000;
const PAGE_DEFAULT = 100;
const FORM_TYPE = /^multipart\/form-data/i;

const fieldNames = new Set(Object.keys(JobFields.properties));
const jobFields = Compile(JobFields);

interface WithId {
  Params: { id: string };
}

export const jobsFace: Face = async (server, { jobs, board, settings, draining }) => {
  await server.register(multipart, {
    limits: {
      fileSize: settings.uploadBytesMax,
      files: FILES_MAX,
      fields: fieldNames.size,
      parts: FILES_MAX + fieldNames.size,
      fieldSize: FIELD_BYTES_MAX,
      fieldNameSize: 100,
      headerPairs: 20,
    },
  });

  server.post(
    '/v1/jobs',
    {
      config: { scope: 'write', longBody: true, form: JobForm },
      schema: {
        summary: 'Compare what is expected with what was scanned, or verify what was scanned',
        description:
          'A form: files `expected` and `scanned` (lists, CSV tables, XML documents, any of them as .gz), each any number of times, and fields.',
        response: { 202: JobView },
      },
    },
    async (request, reply) => {
      if (draining.aborted) throw new Refusal('NOT_READY', 'The server is stopping.');
      if (!FORM_TYPE.test(request.headers['content-type'] ?? '')) {
        throw new Refusal('WRONG_TYPE', 'A job is sent as multipart/form-data.');
      }
      const participant = request.client?.participant ?? null;
      const upload = await receiveUpload(() => request.parts(), board.uploads, fieldNames, participant);
      try {
        const job = await jobs.start(
          specOf(upload, participantOf(request.client, upload.fields.get('owner')), settings.country),
        );
        return await reply
          .code(202)
          .header('location', `/v1/jobs/${job.id}`)
          .send(await board.view(job));
      } catch (error) {
        await rm(upload.folder, { recursive: true, force: true });
        throw named(error, upload);
      }
    },
  );

  server.get(
    '/v1/jobs',
    {
      config: { scope: 'verify' },
      schema: { summary: 'All jobs, the latest first', response: { 200: Type.Object({ jobs: Type.Array(JobView) }) } },
    },
    async ({ client }) => ({ jobs: await board.list(client) }),
  );

  server.get<WithId>(
    '/v1/jobs/:id',
    { config: { scope: 'verify' }, schema: { summary: 'One job', params: JobId, response: { 200: JobView } } },
    async ({ client, params }) => board.view(await board.demand(params.id, client)),
  );

  server.post<WithId>(
    '/v1/jobs/:id/cancel',
    {
      config: { scope: 'write' },
      schema: { summary: 'End a job that waits or is at work', params: JobId, response: { 200: JobView } },
    },
    async ({ client, params }) => {
      const { id } = await board.demand(params.id, client);
      return board.view(await jobs.cancel(id));
    },
  );

  server.delete<WithId>(
    '/v1/jobs/:id',
    {
      config: { scope: 'write' },
      schema: {
        summary: 'Forget a job with its files',
        params: JobId,
        response: { 204: Type.Null({ description: 'forgotten' }) },
      },
    },
    async ({ client, params }, reply) => {
      await board.remove(await board.demand(params.id, client));
      return reply.code(204).send();
    },
  );

  server.get<WithId & { Querystring: FindingsQuery }>(
    '/v1/jobs/:id/findings',
    {
      config: { scope: 'verify' },
      schema: {
        summary: 'What needs attention, a line of JSON each',
        description: 'The header x-next-after begins the next page; behind the last page there is none.',
        params: JobId,
        querystring: FindingsQuery,
        response: { 200: answerOf('application/x-ndjson', 'findings, a line of JSON each') },
      },
    },
    async ({ client, params, query }, reply) => {
      const job = demandDone(await board.demand(params.id, client));
      const limit = query.limit === undefined ? PAGE_DEFAULT : Number(query.limit);
      if (limit < 1 || limit > PAGE_MAX) throw new Refusal('BAD_REQUEST', `A page has 1 to ${PAGE_MAX} findings.`);
      const present = await board.presenter(job);
      const page = await readPage(await findingsFile(jobs, job), {
        outcome: query.outcome,
        text: query.text,
        after: Number(query.after ?? 0),
        limit,
      });
      if (page.next !== null) void reply.header('x-next-after', String(page.next));
      const lines = page.findings.map((finding) => `${JSON.stringify(present(finding))}\n`);
      return reply.type('application/x-ndjson; charset=utf-8').send(lines.join(''));
    },
  );

  for (const form of Object.keys(REPORT_TYPES) as ReportForm[]) {
    server.get<WithId & { Querystring: { lang?: Language } }>(
      `/v1/jobs/:id/report.${form}`,
      {
        config: { scope: 'verify' },
        schema: {
          summary: `The report of a reconciliation as ${form.toUpperCase()}`,
          params: JobId,
          querystring: ReportQuery,
          response: { 200: answerOf(REPORT_TYPES[form], 'the report') },
        },
      },
      async (request, reply) => {
        const job = demandDone(await board.demand(request.params.id, request.client));
        const path = await reportFile(jobs, board, job, form, request.query.lang ?? languageOf(request));
        return sendFile(reply, path, form, job.id);
      },
    );
  }
};

/** @throws Refusal BAD_REQUEST naming the field. */
function specOf(
  { fields, expected, scanned }: Upload,
  owner: string | undefined,
  byDefault: JobFields['country'],
): JobSpec {
  const given = { kind: 'reconcile', ...Object.fromEntries(fields) };
  if (!jobFields.Check(given)) {
    const [first] = jobFields.Errors(given);
    throw new Refusal('BAD_REQUEST', `form${first?.instancePath ?? ''} ${first?.message ?? 'is not right'}`);
  }
  const { kind, operation, at, country = byDefault, oneKind } = given;
  if (at !== undefined && Number.isNaN(Date.parse(at))) {
    throw new Refusal('BAD_REQUEST', 'form/at must be a date in ISO 8601');
  }
  const asked = {
    owner,
    at,
    country,
    expiresSoonDays: given.expiresSoonDays === undefined ? undefined : Number(given.expiresSoonDays),
    groups: given.groups?.split(',').map(Number),
    registeredTails: given.registeredTails === 'true',
  };
  if (kind === 'verify') {
    if (oneKind !== undefined) throw new Refusal('BAD_REQUEST', 'form/oneKind belongs to a reconciliation.');
    if (scanned.length !== 1 || expected.length > 0) {
      throw new Refusal('BAD_REQUEST', 'A verification reads one file, sent as “scanned”.');
    }
    return { kind, input: scanned[0]!, operation, ...asked };
  }
  if (expected.length === 0 || scanned.length === 0) {
    throw new Refusal('BAD_REQUEST', 'A reconciliation needs files “expected” and “scanned”.');
  }
  if (operation !== undefined) throw new Refusal('BAD_REQUEST', 'form/operation belongs to a verification.');
  return { kind, expected, scanned, oneKind: oneKind === 'true', ...asked };
}

function demandDone(job: Job): Job {
  if (job.state !== 'done') throw new Refusal('CONFLICT', `The job is ${job.state}; there is no result yet.`);
  return job;
}

/** An error about an uploaded file, by the name that its client gave it. */
function named(error: unknown, upload: Upload): unknown {
  if (!isTamgaError(error) || error.data.path === undefined || error.code === 'DISK_FULL') return error;
  return new Refusal('UPLOAD_BROKEN', publicMessage(error, nameIn(upload, error.data.path)), { cause: error });
}

function languageOf({ headers }: FastifyRequest): Language {
  const asked = (headers['accept-language'] ?? '').slice(0, 2).toLowerCase();
  return asked === 'ru' || asked === 'uz' ? asked : 'en';
}

async function sendFile(reply: FastifyReply, path: string, form: ReportForm, id: string): Promise<FastifyReply> {
  const { size } = await stat(path);
  void reply.type(REPORT_TYPES[form]).header('content-length', size);
  if (form !== 'json') {
    const disposition = form === 'html' ? 'inline' : 'attachment';
    void reply.header('content-disposition', `${disposition}; filename="tamga-${id}.${form}"`);
  }
  // The report's one style stands in the page itself, whose own policy names it by its digest.
  if (form === 'html') void reply.header('content-security-policy', REPORT_POLICY);
  return reply.send(createReadStream(path));
}

const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
