/*
 * Compiles the window's module over a memory of its own and uses it, so that the runtime shows the machine code. Accesses
 * no device. Node.js writes it out with --print-wasm-code. Deno and Bun are built without a disassembler, but write where
 * the code is. What they wrote, to the file that is the first argument, is read here, and the code written to the second
 * one as lines of compiler, number of the function and bytes.
 */
import { openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { currentRuntime, wantsAtomicLoads } from '#src/memory/runtime.js';
import { type WindowAccess, windowModule } from '#src/memory/window-module.js';

declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => object;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGES = 16;
/** Calls of each function after which JavaScriptCore's last compiler has had its turn. */
const HOT = 200_000;
/** Further modules: V8 writes through a buffer, and what it says of them pushes out what it said of the first one. */
const OTHERS = 20;

function openAccess(pages: number): WindowAccess {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const code = windowModule(pages, wantsAtomicLoads(currentRuntime()));
  const window = { memory, fault: () => {} };
  const access = new WebAssembly.Instance(new WebAssembly.Module(code), { window }).exports as WindowAccess;
  useAll(access);
  return access;
}

function useAll(access: WindowAccess): void {
  access.write8(8, access.read8(8));
  access.write16(8, access.read16(8));
  access.write32(8, access.read32(8));
  access.write64(8, access.read64(8));
}

/** Where code is that the runtime told of. */
interface Place {
  compiler: string;
  index: number;
  start: number;
  end: number;
}

/** What V8 says of a function: its number, its compiler and one pair of addresses. */
function placesOfV8(log: string): Place[] {
  const told = /index: (\d+)\nkind: wasm function\ncompiler: (\w+)\n[\s\S]*?, 0x([0-9a-f]+)-0x([0-9a-f]+)\)/g;
  return [...log.matchAll(told)].map(([, index, compiler = '', start, end]) => ({
    ...{ compiler, index: Number(index) },
    ...{ start: Number(`0x${start}`), end: Number(`0x${end}`) },
  }));
}

/** What JavaScriptCore says of a function: its compiler, its number, and pairs of addresses for its parts. */
function placesOfJsc(log: string): Place[] {
  return log.split(/^(?=Generated )/m).flatMap((section) => {
    const [, compiler, index] = /^Generated (\w+) functionIndexSpace:\((\d+)\)/.exec(section) ?? [];
    if (compiler === undefined) return [];
    const parts = [...section.matchAll(/0x([0-9a-f]+)\.\.\.0x([0-9a-f]+)/g)];
    const addresses = parts.flatMap(([, start, end]) => [Number(`0x${start}`), Number(`0x${end}`)]);
    return [{ compiler, index: Number(index), start: Math.min(...addresses), end: Math.max(...addresses) }];
  });
}

const access = openAccess(PAGES);
const [log, output] = process.argv.slice(2);
if (log !== undefined && output !== undefined) {
  for (let call = 0; call < HOT; call++) useAll(access);
  const others = Array.from({ length: OTHERS }, (_, index) => openAccess(PAGES + 1 + index));
  // compilers work on threads of their own
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const memory = openSync('/proc/self/mem', 'r');
  const text = readFileSync(log, 'utf8');
  const lines = [...placesOfV8(text), ...placesOfJsc(text)].map(({ compiler, index, start, end }) => {
    const code = Buffer.alloc(end - start);
    readSync(memory, code, 0, code.length, start);
    return `${compiler} ${index} ${code.toString('hex')}\n`;
  });
  writeFileSync(output, lines.join(''));
  // still in use, so that no code has been collected
  for (const used of [access, ...others]) useAll(used);
}
