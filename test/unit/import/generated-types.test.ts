import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateTypes, readSvd } from 'mmapio/import';
import { type MapEntry, type RegisterMap, registerMapFrom } from 'mmapio/registers';
import ts from 'typescript';
import { vendorFile, withVendorFiles } from '../../support/descriptions.js';
import { svd, svdRegisters } from '../../support/svd.js';

const folder = dirname(fileURLToPath(import.meta.url));

/** A folder inside the package, so that generated modules find `mmapio` by its name. */
async function inPackage<T>(use: (path: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const path = await mkdtemp(join(folder, 'generated-'));
  try {
    return await use(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

/** What the compiler has to say about a generated module used by some code. */
function problems(generated: string, use: string): Promise<string[]> {
  return inPackage(async (path) => {
    await writeFile(join(path, 'device.ts'), generated);
    await writeFile(join(path, 'use.ts'), use);
    const program = ts.createProgram([join(path, 'use.ts')], {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      module: ts.ModuleKind.NodeNext,
      types: [],
      skipLibCheck: true,
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

/** The maps that a generated module exports. */
function run(generated: string): Promise<Record<string, RegisterMap<never>>> {
  return inPackage(async (path) => {
    const { outputText } = ts.transpileModule(generated, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    await writeFile(join(path, 'device.mjs'), outputText);
    return import(pathToFileURL(join(path, 'device.mjs')).href);
  });
}

/** What an entry is, without the texts, which generated modules have as comments. */
const facts = ({ path, offset, byteOrder, layout }: MapEntry) => ({
  path,
  offset,
  byteOrder,
  layout: {
    ...layout,
    description: undefined,
    fields: layout.fields.map(({ description: _, onlyEnumerated: __, ...field }) => field),
  },
});

describe('generated modules', () => {
  for (const file of ['ARM_Sample.svd', 'CMSDK_CM3.svd', 'fu540.svd', 'rp2040.svd', 'esp32c3.svd']) {
    it(`of ${file} are the same register maps as those made at run time`, withVendorFiles, async () => {
      const device = await readSvd(vendorFile(file));
      const module = await run(generateTypes(device));
      for (const peripheral of device.peripherals) {
        const generated = module[peripheral.name];
        assert.ok(generated, peripheral.name);
        assert.deepEqual(
          Array.from(generated.entries(), facts),
          Array.from(registerMapFrom(peripheral).entries(), facts),
          peripheral.name,
        );
      }
    });
  }

  const timer =
    svd(`<peripheral><name>TIMER</name><description>A timer, so */ to speak</description><baseAddress>0x40000000</baseAddress><registers>
    <register><name>CTRL</name><addressOffset>0</addressOffset><size>32</size><access>read-write</access><fields>
      <field><name>EN</name><bitRange>[0:0]</bitRange></field>
      <field><name>MODE</name><bitRange>[2:1]</bitRange><enumeratedValues><enumeratedValue><name>one-shot</name><value>0</value></enumeratedValue>
        <enumeratedValue><name>periodic</name><description>Over and over</description><value>1</value></enumeratedValue></enumeratedValues></field>
      <field><name>BUSY</name><bitRange>[3:3]</bitRange><access>read-only</access></field></fields></register>
    <register><name>FIFO</name><addressOffset>4</addressOffset><size>8</size><access>read-only</access><readAction>modify</readAction></register>
    <cluster><name>CH[%s]</name><dim>2</dim><dimIncrement>16</dimIncrement><addressOffset>0x10</addressOffset>
      <register><name>LEN</name><addressOffset>0</addressOffset><size>32</size></register></cluster>
    <register><name>ODD</name><addressOffset>0x41</addressOffset><size>32</size></register>
  </registers></peripheral>`);

  it('are checked by the compiler as a hand-written map is', async () => {
    const use = `import { TIMER, TIMER_BASE } from './device.js';
      declare const t: ReturnType<typeof TIMER.at>;
      t.CTRL.write({ EN: 1, MODE: 'one-shot' });
      t.CTRL.modify({ MODE: 'periodic' });
      const level: number | bigint = t.FIFO.readWithEffects();
      t.CH[1].LEN.write(4096);
      const base: 0x40000000n = TIMER_BASE;
      // @ts-expect-error
      t.CTRL.write({ EN: 2 });
      // @ts-expect-error
      t.CTRL.write({ MODE: 'oneshot' });
      // @ts-expect-error
      t.CTRL.write({ BUSY: 1 });
      // @ts-expect-error
      t.FIFO.read();
      // @ts-expect-error
      t.FIFO.write(1);
      // @ts-expect-error
      t.CH[2];
      // @ts-expect-error
      t.ODD;`;
    assert.deepEqual(await problems(generateTypes(timer), use), []);
  });

  it('say what a map cannot have', () => {
    assert.match(generateTypes(timer), /\/\/ ODD is left out: is not aligned for 32 bits/);
  });

  it('keep names apart that a map must not mix', async () => {
    const device = svdRegisters(
      ['G1', 'G2']
        .map(
          (group) =>
            `<register><name>R</name><addressOffset>0</addressOffset><alternateGroup>${group}</alternateGroup></register>`,
        )
        .join(''),
    );
    const { P } = await run(generateTypes(device));
    assert.deepEqual(
      Array.from(P?.entries() ?? [], ({ path }) => path),
      ['R', 'R_G2'],
    );
  });

  it('may hold chosen peripherals only', () => {
    const device = svd(
      'A B'
        .split(' ')
        .map((name) => `<peripheral><name>${name}</name><baseAddress>0</baseAddress></peripheral>`)
        .join(''),
    );
    assert.doesNotMatch(generateTypes(device, { peripherals: ['B'] }), /export const A\b/);
    assert.throws(() => generateTypes(device, { peripherals: ['C'] }), {
      message: "no peripheral 'C'; there are A, B",
    });
  });
});

describe('in an editor, a register map', () => {
  /** What TypeScript’s language service offers at the bar. */
  function completions(source: string): Promise<string[]> {
    return inPackage(async (path) => {
      const file = join(path, 'source.ts');
      const position = source.indexOf('|');
      const text = source.replace('|', '');
      const host: ts.LanguageServiceHost = {
        getCompilationSettings: () => ({
          strict: true,
          module: ts.ModuleKind.NodeNext,
          lib: ['lib.es2023.d.ts'],
          types: [],
        }),
        getCurrentDirectory: () => path,
        getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
        getScriptFileNames: () => [file],
        getScriptVersion: () => '1',
        getScriptSnapshot: (name) => {
          const content = name === file ? text : ts.sys.readFile(name);
          return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
        },
        fileExists: (name) => name === file || ts.sys.fileExists(name),
        readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
      };
      const service = ts.createLanguageService(host);
      const { entries = [] } = service.getCompletionsAtPosition(file, position, {}) ?? {};
      return entries.map(({ name }) => name);
    });
  }
  const source = (code: string) => `import { bit, field, reg32, registerMap } from 'mmapio/registers';
    const map = registerMap({ CTRL: reg32(0, { EN: bit(0), MODE: field(2, 1, { oneshot: 0, periodic: 1 }) }), STAT: reg32(4, { BUSY: bit(0).readOnly(), DONE: bit(1).w1c() }) });
    declare const t: ReturnType<typeof map.at>;
    ${code}`;

  it('completes registers', async () => {
    assert.deepEqual(await completions(source('t.|')), ['CTRL', 'STAT']);
  });

  it('completes the fields of a write, without those that are read-only', async () => {
    assert.deepEqual(await completions(source('t.CTRL.write({ | });')), ['EN', 'MODE']);
    assert.deepEqual(await completions(source('t.STAT.modify({ | });')), ['DONE']);
  });

  it('completes the fields of a read, and the names of values', async () => {
    assert.deepEqual(await completions(source('t.STAT.read().|')), ['BUSY', 'DONE']);
    assert.deepEqual(await completions(source("t.CTRL.write({ MODE: '|' });")), ['oneshot', 'periodic']);
    assert.deepEqual(await completions(source("t.STAT.clear('|');")), ['DONE']);
  });
});
