/*
 * Which runtimes the window may be the default on, and how it must be built there.
 *
 * A row is added only when `npm run fidelity -- --all` has compared the accesses of that runtime with what the device
 * saw and none differed (docs/fidelity.md); every other runtime gets the native engine, which does not depend on a compiler's good will.
 */

/** A JavaScript runtime as far as the window depends on it. */
export interface Runtime {
  name: 'node' | 'deno' | 'bun';
  /** Such as `20.20.2`. */
  version: string;
  arch: string;
}

interface VerifiedRow {
  name: Runtime['name'];
  /** As much of a version as settles which engine's compilers run: the major version, and more where that is not enough. */
  versions: readonly string[];
  archs: readonly string[];
}

const VERIFIED: readonly VerifiedRow[] = [
  { name: 'node', versions: ['20', '22', '24', '26'], archs: ['x64', 'arm64'] },
  // minor versions bring another V8
  { name: 'deno', versions: ['2.9'], archs: ['x64'] },
  // any version may bring another JavaScriptCore
  { name: 'bun', versions: ['1.4.5'], archs: ['x64'] },
];

export function currentRuntime(): Runtime {
  const versions: Record<string, string | undefined> = process.versions;
  const name = versions.bun !== undefined ? 'bun' : versions.deno !== undefined ? 'deno' : 'node';
  return { name, version: versions[name] ?? '', arch: process.arch };
}

/** Whether the window is the default engine there. */
export function isWindowVerified({ name, version, arch }: Runtime): boolean {
  return VERIFIED.some(
    (row) =>
      row.name === name &&
      row.archs.includes(arch) &&
      row.versions.some((verified) => `${version}.`.startsWith(`${verified}.`)),
  );
}

/** Whether its WebAssembly loads must be atomic ones: on V8 always, on JavaScriptCore never. */
export function wantsAtomicLoads(runtime: Runtime): boolean {
  return runtime.name !== 'bun';
}
