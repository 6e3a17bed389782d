// Generates the tables of the core from its data files. Runs before the compilers and needs nothing but Node.
// Whatever a data file says that this program doesn't fully understand ends the build: a silent gap would be a wrong verdict.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readCodeLists } from './code-lists.mjs';
import { curveNames, curveTables, readCurves } from './curves.mjs';
import { readDictionary } from './dictionary.mjs';
import { readErrors } from './errors.mjs';
import { readFormats } from './formats.mjs';
import { readRecovery, recoveryTables } from './recovery.mjs';
import { assemblyTables } from './write-assembly.mjs';
import { fieldArithmetic } from './write-fields.mjs';
import { hostTables } from './write-host.mjs';

const ROOT = new URL('..', import.meta.url);

const read = (name) => readFileSync(new URL(`data/${name}`, ROOT), 'utf8');

const formats = readFormats(JSON.parse(read('marking-formats.json')));
const dictionary = readDictionary(read('gs1-syntax-dictionary.txt'));
const errors = readErrors(JSON.parse(read('errors.json')));
const codeLists = readCodeLists(JSON.parse(read('code-lists.json')));

write('assembly/generated/tables.ts', assemblyTables(dictionary, formats, errors, codeLists));
write('host/generated/tables.ts', hostTables(dictionary, formats, errors));

const recovery = readRecovery(JSON.parse(read('recovery.json')));
write('host/generated/recovery.ts', recoveryTables(recovery, read('gs1-syntax-dictionary.txt'), formats.structures));

const curves = readCurves(JSON.parse(read('curves.json')));
write('assembly/generated/curves.ts', curveTables(curves));
write('assembly/generated/fields.ts', fieldArithmetic(curves));
write('host/generated/curves.ts', curveNames(curves));

function write(path, text) {
  const url = new URL(path, ROOT);
  mkdirSync(new URL('.', url), { recursive: true });
  writeFileSync(url, text);
}
