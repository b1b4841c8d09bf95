import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, installPackages, run, shellCommand } from '../board/host.js';
import { compilerPrefix, type Machine } from '../board/machine.js';
import { guestPath } from '../board/payload.js';
import { ACCESSES, type CodeResult } from './machine-code.js';
import { onBoard } from './on-board.js';
import { type Runtime, runtimeFiles, startCommand } from './runtimes.js';

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

/** A compiler of a runtime that has no disassembler, started so that its code stays in place and its place is told. */
interface SilentCompiler {
  /** As the runtime calls it. */
  name: string;
  origin: string;
  runtime: Runtime;
  /** Accesses to the WebAssembly memory, as objdump writes them for x86_64. */
  access: RegExp;
}

export function silentCompilers(deno: Runtime, bun: Runtime): SilentCompiler[] {
  const ofV8 = Object.entries(V8_TIERS).map(([name, flag]) => ({
    name,
    origin: `Deno ${deno.version} ${name}`,
    runtime: { ...deno, flags: [flag, '--print-wasm-code'] },
    access: /^(?!lea).*\(%r\w+,%r\w+,1\)/,
  }));
  const ofJsc = Object.entries({
    BBQ: { BUN_JSC_useOMGJIT: '0', BUN_JSC_dumpBBQDisassembly: '1' },
    OMG: { BUN_JSC_dumpOMGDisassembly: '1' },
  }).map(([name, env]) => ({
    name,
    origin: `Bun ${bun.version} ${name}`,
    runtime: { ...bun, env },
    // The memory's address is in r14; BBQ adds it to r10 first. An addition to what r10 points to counts calls.
    access: /\(%r14(,%\w+,1)?\)|^(?!addl \$0x\w+,).*\(%r10\)/,
  }));
  return [...ofV8, ...ofJsc];
}

/** The machine code of the window's functions as such a compiler makes it, read from memory. */
export async function silentCode(
  machine: Machine,
  node: string,
  compiler: SilentCompiler,
): Promise<CodeResult[]> {
  const { name, origin, runtime } = compiler;
  const text = await onBoard(machine, node, await runtimeFiles(runtime, machine), (print) => {
    const command = shellCommand(startCommand(runtime, program, '/tmp/log', '/tmp/code'));
    return print(`${command} >/tmp/log 2>&1 && cat /tmp/code`);
  });
  const results: CodeResult[] = [];
  for (const [index, access] of ACCESSES.entries()) {
    const bytes = new RegExp(`^${name} ${index + 1} ([0-9a-f]+)$`, 'm').exec(text)?.[1] ?? '';
    const code = await disassemble(machine, Buffer.from(bytes, 'hex'));
    const instructions = code.filter((line) => compiler.access.test(line));
    results.push({ machine: machine.name, origin, access, instructions });
  }
  return results;
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
