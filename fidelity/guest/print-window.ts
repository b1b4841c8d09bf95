/*
 * Compiles the window's module over a memory of its own and uses it, so that the runtime shows the machine code. Accesses
 * no device. V8 shows it with --print-wasm-code; JavaScriptCore, asked for a disassembly that Bun is built without, writes
 * where the code is. What it wrote, to the file that is the argument, is read here, and the code printed as lines of
 * compiler, number of the function and bytes.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
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

function openAccess(): WindowAccess {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const code = windowModule(PAGES, wantsAtomicLoads(currentRuntime()));
  const window = { memory, fault: () => {} };
  return new WebAssembly.Instance(new WebAssembly.Module(code), { window }).exports as WindowAccess;
}

function useAll(access: WindowAccess): void {
  access.write8(8, access.read8(8));
  access.write16(8, access.read16(8));
  access.write32(8, access.read32(8));
  access.write64(8, access.read64(8));
}

/** The code that one section of JavaScriptCore's log is about: from its lowest to its highest address. */
function printCode(memory: number, section: string): void {
  const [, compiler, index] = /^Generated (\w+) functionIndexSpace:\((\d+)\)/.exec(section) ?? [];
  if (compiler === undefined) return;
  const addresses = [...section.matchAll(/0x([0-9a-f]+)\.\.\.0x([0-9a-f]+)/g)].flatMap((match) => [
    Number(`0x${match[1]}`),
    Number(`0x${match[2]}`),
  ]);
  const start = Math.min(...addresses);
  const code = Buffer.alloc(Math.max(...addresses) - start);
  readSync(memory, code, 0, code.length, start);
  console.log(`${compiler} ${index} ${code.toString('hex')}`);
}

const access = openAccess();
const [log] = process.argv.slice(2);
useAll(access);
if (log !== undefined) {
  for (let call = 0; call < HOT; call++) useAll(access);
  // its compilers work on threads of their own
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const memory = openSync('/proc/self/mem', 'r');
  for (const section of readFileSync(log, 'utf8').split(/^(?=Generated )/m)) printCode(memory, section);
  closeSync(memory);
  // still in use, so that its code has not been collected
  useAll(access);
}
