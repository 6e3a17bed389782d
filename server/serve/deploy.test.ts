// Goal: what docs/deploy gives people to run fits this package: systemd takes the unit, and the image is made of files that there are.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './running.test.files.js';
import { SETTING_NAMES, variableOf } from './settings.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ANALYZE = '/usr/bin/systemd-analyze';
const unit = readFileSync(join(ROOT, 'docs/deploy/tamga.service'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'tamga-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Variables of the server's settings that a text sets. */
const variablesIn = (text: string): string[] => [...text.matchAll(/\b(TAMGA_[A-Z_]+)=/g)].map(([, name]) => name!);
const VARIABLES = ['TAMGA_CONFIG', ...SETTING_NAMES.map(variableOf)];

describe('the systemd unit', () => {
  it.runIf(existsSync(ANALYZE))('is taken by systemd', async () => {
    // The program is where npm put it on the machine that it is for; here it is Node.
    const path = join(folder, 'tamga.service');
    writeFileSync(path, unit.replace('/usr/bin/tamga', process.execPath).replace(/^(User|Group)=.*$/gm, '$1=root'));
    const { stdout, stderr } = await promisify(execFile)(ANALYZE, ['verify', '--man=no', path]);
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('tamga.service'));
    expect(said).toEqual([]);
  });

  it('names settings that there are, the file that its head promises, and a manual that is packed', () => {
    expect(VARIABLES).toEqual(expect.arrayContaining(variablesIn(unit)));
    const config = /TAMGA_CONFIG=(\S+)/.exec(unit)![1]!;
    expect(unit).toContain(`Settings: ${config}`);
    expect(unit).toContain(`> ${config}`);
    const manual = /^Documentation=file:.*\/node_modules\/tamga\/(\S+)$/m.exec(unit)![1]!;
    expect(existsSync(join(ROOT, manual))).toBe(true);
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain(manual.split('/')[0]);
  });
});

interface Instruction {
  name: string;
  rest: string;
}

/** Stages of a Dockerfile: comments away, continued lines joined. */
function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = [];
  const joined = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  for (const line of joined.split('\n')) {
    if (line.trim() === '') continue;
    const [, name, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    expect(name, line).toMatch(
      /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/,
    );
    if (name === 'FROM') stages.push([]);
    stages.at(-1)!.push({ name: name!, rest: rest! });
  }
  return stages;
}

describe('the Dockerfile', () => {
  const text = readFileSync(join(ROOT, 'docs/deploy/Dockerfile'), 'utf8');
  const stages = stagesOf(text);
  const final = stages.at(-1)!;
  const all = stages.flat();
  const of = (name: string, among = all): string[] => among.filter((one) => one.name === name).map(({ rest }) => rest);

  it('copies what there is, and nothing that the build context leaves out', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
    const made = ['dist', 'node_modules'];
    for (const rest of of('COPY')) {
      const words = rest.split(' ');
      const isFromBuild = words[0] === '--from=build';
      const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
      expect(sources.length, rest).toBeGreaterThan(0);
      for (const source of sources) {
        const path = isFromBuild ? source.replace(/^\/build\//, '') : source;
        expect(path, rest).not.toMatch(/^\//);
        expect(existsSync(join(ROOT, path)), rest).toBe(true);
        if (!(isFromBuild && made.includes(path))) expect(ignored, rest).not.toContain(path);
      }
    }
  });

  it('names its base, runs as nobody in particular, and by the words of a list', () => {
    for (const base of of('FROM')) expect(base).toMatch(/^node:\d+-\w+(-slim)?( AS \w+)?$/);
    expect(of('USER', final)).toEqual(['node']);
    // Whatever needs root comes before.
    const user = final.findIndex(({ name }) => name === 'USER');
    expect(final.slice(user).some(({ name }) => name === 'RUN' || name === 'COPY')).toBe(false);
    for (const name of ['ENTRYPOINT', 'CMD', 'VOLUME']) {
      expect(of(name, final).map((rest) => Array.isArray(JSON.parse(rest)))).toEqual([true]);
    }
    expect(VARIABLES).toEqual(expect.arrayContaining(variablesIn(of('ENV').join(' '))));
    const [entry] = of('ENTRYPOINT', final);
    expect(existsSync(join(ROOT, (JSON.parse(entry!) as string[])[1]!))).toBe(true);
  });

  describe('asks for the server’s health', () => {
    const [check] = of('HEALTHCHECK', final);
    const [program, ...args] = JSON.parse(check!.slice(check!.indexOf('['))) as string[];
    let server: TestServer;
    beforeAll(async () => {
      server = await startTestServer({}, []);
    });
    afterAll(() => server.close());
    const asked = (port: string): Promise<unknown> =>
      promisify(execFile)(program!, args, { env: { ...process.env, TAMGA_PORT: port } });

    it('and gets it', async () => {
      await asked(new URL(server.address).port);
      await expect(asked('1')).rejects.toMatchObject({ code: 1 });
    });
  });
});
