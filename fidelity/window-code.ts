import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, installPackages, run } from '../board/host.js';
import { compilerPrefix, type Machine } from '../board/machine.js';
import { guestPath } from '../board/payload.js';
import { ACCESSES, type CodeResult } from './machine-code.js';
import { onBoard } from './on-board.js';
import { type Runtime, runtimeFiles } from './runtimes.js';

const program = guestPath(join(checkout, 'build/fidelity/guest/print-window.js'));

/** The tiers of V8's WebAssembly compilers, each by the flag that leaves nothing else. */
const V8_TIERS = { Liftoff: '--liftoff-only', TurboFan: '--no-liftoff' } as const;

/** The machine code of the window's functions on V8, by tier. */
export async function v8Code(machine: Machine, node: string): Promise<CodeResult[]> {
  return await onBoard(machine, node, [], async (print) => {
    const results: CodeResult[] = [];
    for (const [tier, flag] of Object.entries(V8_TIERS)) {
      const text = await print(`node ${flag} --print-wasm-code ${program}`);
      for (const [index, access] of ACCESSES.entries()) {
        const instructions = v8Instructions(machine, text, index + 1);
        results.push({ machine: machine.name, origin: `Node.js ${node} ${tier}`, access, instructions });
      }
    }
    return results;
  });
}

/** The compilers of JavaScriptCore, each with the settings that leave its code in place and tell where that is. */
const JSC_TIERS = {
  BBQ: 'BUN_JSC_useOMGJIT=0 BUN_JSC_dumpBBQDisassembly=1',
  OMG: 'BUN_JSC_dumpOMGDisassembly=1',
} as const;

/** The machine code of the window's functions in Bun, by compiler. */
export async function bunCode(machine: Machine, node: string, bun: Runtime): Promise<CodeResult[]> {
  return await onBoard(machine, node, await runtimeFiles(bun, machine), async (print) => {
    const results: CodeResult[] = [];
    for (const [tier, settings] of Object.entries(JSC_TIERS)) {
      const text = await print(`${settings} bun ${program} /tmp/code 2>/tmp/code`);
      for (const [index, access] of ACCESSES.entries()) {
        const bytes = new RegExp(`^${tier} ${index + 1} ([0-9a-f]+)$`, 'm').exec(text)?.[1] ?? '';
        const instructions = (await disassemble(machine, Buffer.from(bytes, 'hex'))).filter(isJscAccess);
        results.push({ machine: machine.name, origin: `Bun ${bun.version} ${tier}`, access, instructions });
      }
    }
    return results;
  });
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

/**
 * Accesses of JavaScriptCore's code to the WebAssembly memory, whose address is in r14; one compiler adds it to r10 first.
 * The addition to what r10 points to counts calls.
 */
function isJscAccess(instruction: string): boolean {
  return /\(%r14(,%\w+,1)?\)/.test(instruction) || /^(?!addl \$0x\w+,).*\(%r10\)/.test(instruction);
}

async function disassemble(machine: Machine, code: Buffer): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'fidelity-'));
  try {
    const file = join(directory, 'code');
    writeFileSync(file, code);
    const format = ['-D', '--no-show-raw-insn', '-b', 'binary', '-m', 'i386:x86-64', '-M', 'suffix'];
    const dump = await run(`${compilerPrefix(machine)}objdump`, [...format, file], { hint: installPackages });
    return [...dump.matchAll(/^ +[0-9a-f]+:\t(.*)$/gm)].map((match) =>
      (match[1] ?? '').replace(/\s+/g, ' ').trim(),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}
