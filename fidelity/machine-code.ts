import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { startBoard } from '../board/board.js';
import { checkout, installPackages, run } from '../board/host.js';
import { compilerPrefix, type Machine } from '../board/machine.js';
import { boardFiles, guestPath } from '../board/payload.js';
import { guestFiles } from './run.js';

/** The machine code of one way to access. */
export interface CodeResult {
  machine: string;
  /** `C core`, or a tier of a runtime. */
  origin: string;
  /** Such as `read16`. */
  access: string;
  /** The instructions that access memory which may be a device's. The window's last one may be the fault count's. */
  instructions: string[];
}

const ACCESSES = ['read8', 'read16', 'read32', 'read64', 'write8', 'write16', 'write32', 'write64'];

/** The tiers of V8's WebAssembly compilers, each by the flag that leaves nothing else. */
const TIERS = { Liftoff: '--liftoff-only', TurboFan: '--no-liftoff' } as const;

/** The instructions of each access of native/access.h, compiled as the core is. */
export async function coreCode(machine: Machine): Promise<CodeResult[]> {
  const tools = compilerPrefix(machine);
  const directory = mkdtempSync(join(tmpdir(), 'fidelity-'));
  try {
    const source = join(directory, 'access.c');
    const object = join(directory, 'access.o');
    writeFileSync(source, coreSource());
    const options = ['-std=c11', '-O2', '-fPIC', '-I', join(checkout, 'native'), '-c', '-o', object, source];
    await run(`${tools}gcc`, options, { hint: installPackages });
    const dump = await run(`${tools}objdump`, ['-d', '--no-show-raw-insn', object]);
    return ACCESSES.map((access) => ({
      machine: machine.name,
      origin: 'C core',
      access,
      instructions: functionBody(dump, access).filter((line) => /[[(]/.test(line) && !/\bnop/.test(line)),
    }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Each access in a function of its own. */
function coreSource(): string {
  const functions = [8, 16, 32, 64].flatMap((bits) => [
    `uint${bits}_t read${bits}(const volatile void *address) { return load${bits}(address); }`,
    `void write${bits}(volatile void *address, uint${bits}_t value) { store${bits}(address, value); }`,
  ]);
  return ['#include "access.h"', ...functions, ''].join('\n');
}

function functionBody(dump: string, name: string): string[] {
  const text = new RegExp(`<${name}>:\\n([^]*?)(\\n\\n|$)`).exec(dump)?.[1] ?? '';
  const lines = text.split('\n').map((line) => line.replace(/^\s*[0-9a-f]+:\s*/, ''));
  return lines.map((line) =>
    line
      .replace(/\s+/g, ' ')
      .replace(/ nop[wl].*$/, ' nop')
      .trim(),
  );
}

/** The machine code of the window's functions on V8, by tier. */
export async function windowCode(machine: Machine, node: string): Promise<CodeResult[]> {
  const files = boardFiles(machine, guestFiles);
  const program = guestPath(join(checkout, 'build/fidelity/guest/print-window.js'));
  const board = await startBoard({ machine, node, files });
  const results: CodeResult[] = [];
  try {
    for (const [tier, flag] of Object.entries(TIERS)) {
      const output: string[] = [];
      const stdout = new Writable({
        write(chunk: Buffer, _encoding, done) {
          output.push(chunk.toString('latin1'));
          done();
        },
      });
      await board.run(`cd ${guestPath(checkout)} && node ${flag} --print-wasm-code ${program}`, { stdout });
      for (const [index, access] of ACCESSES.entries()) {
        const instructions = v8Instructions(machine, output.join(''), index + 1);
        results.push({ machine: machine.name, origin: `Node.js ${node} ${tier}`, access, instructions });
      }
    }
    return results;
  } finally {
    await board.stop();
  }
}

/** Accesses to the WebAssembly memory: not to the stack, and not to V8's own objects. */
const V8_ACCESS: Readonly<Record<string, RegExp>> = {
  // base and index, of which one is the address; lea only computes
  x64: /^(?!.*\blea).*\[r\w+\+r\w+\*1\]/,
  // a load of a register through itself fetches the memory's address
  arm64: /^(?!ldr (x\d+), \[\1\])(ld|st)\w+ .*\[x\d+(, [wx]\d+(, uxtw)?)?\]/,
};

/** The instructions of one function of the module in what --print-wasm-code printed. */
function v8Instructions(machine: Machine, text: string, index: number): string[] {
  const start = text.indexOf(`index: ${index}\nkind: wasm function`);
  const code = text.slice(start, text.indexOf('--- End code ---', start));
  const lines = [...code.matchAll(/^0x[0-9a-f]+\s+[0-9a-f]+\s+[0-9a-f]+\s+(.*)$/gm)];
  const texts = lines.map((match) => (match[1] ?? '').replace(/\s+/g, ' ').trim());
  return texts.filter((line) => V8_ACCESS[machine.arch]?.test(line));
}
