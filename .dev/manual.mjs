// Writes the tables of docs/server.md anew, settings and refusals, from the built sources; a test tells when they are out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { flagOf, SETTING_NAMES, settingSchema, variableOf } from '../dist/server/serve/settings.js';

const MANUAL = new URL('../docs/server.md', import.meta.url);
const REFUSALS = new URL('../server/serve/refusals.ts', import.meta.url);

const settings = SETTING_NAMES.map((name) => {
  const { default: byDefault, description } = settingSchema(name);
  const value =
    byDefault === undefined || (Array.isArray(byDefault) && byDefault.length === 0) ? '' : `\`${byDefault}\` `;
  return `| \`${flagOf(name)}\` | \`${variableOf(name)}\` | ${value}| ${description.replaceAll('|', '\\|')} |`;
});
const refusals = [...readFileSync(REFUSALS, 'utf8').matchAll(/^ {2}([A-Z_]+): (\d+),(?: \/\/ (.*))?$/gm)].map(
  ([, code, status, meaning = '']) => `| \`${code}\` | ${status} | ${meaning} |`,
);
const manual = readFileSync(MANUAL, 'utf8')
  .replace(/(\| Flag \|.*\n\|[-| ]+\n)(?:\|.*\n)*/, `$1${settings.join('\n')}\n`)
  .replace(/(\| Code \| Status.*\n\|[-| ]+\n)(?:\|.*\n)*/, `$1${refusals.join('\n')}\n`);
writeFileSync(MANUAL, manual);
