/*
 * Which runtimes the window may be the default on, and how it must be built there.
 *
 * A row is added only when the access counts of that runtime have been compared with what the device saw and none
 * differed; every other runtime gets the native engine, which does not depend on a compiler's good will.
 */

/** A JavaScript runtime as far as the window depends on it. */
export interface Runtime {
  name: 'node' | 'deno' | 'bun';
  major: number;
  arch: string;
}

interface VerifiedRow {
  name: Runtime['name'];
  majors: readonly number[];
  archs: readonly string[];
}

const VERIFIED: readonly VerifiedRow[] = [
  { name: 'node', majors: [20, 22, 24, 26], archs: ['x64', 'arm64'] },
];

export function currentRuntime(): Runtime {
  const versions: Record<string, string | undefined> = process.versions;
  const name = versions.bun !== undefined ? 'bun' : versions.deno !== undefined ? 'deno' : 'node';
  return { name, major: Number.parseInt(versions[name] ?? '', 10), arch: process.arch };
}

/** Whether the window is the default engine there. */
export function isWindowVerified(runtime: Runtime): boolean {
  return VERIFIED.some(
    (row) =>
      row.name === runtime.name && row.majors.includes(runtime.major) && row.archs.includes(runtime.arch),
  );
}

/** Whether its WebAssembly loads must be atomic ones: on V8 always, on JavaScriptCore never. */
export function wantsAtomicLoads(runtime: Runtime): boolean {
  return runtime.name !== 'bun';
}
