/*
 * Which runtimes the window may be the default on, and how it must be built there.
 *
 * A row is added only when `npm run fidelity -- --all` has compared the accesses of that runtime with what the device
 * saw and none differed (docs/fidelity.md); every other runtime gets the native engine, which does not depend on a compiler's good will.
 */

/** A JavaScript runtime as far as the window depends on it. */
export interface Runtime {
  name: 'node' | 'deno' | 'bun';
  major: number;
  minor?: number;
  arch: string;
}

interface VerifiedRow {
  name: Runtime['name'];
  /** A major version, or a major and a minor one where every minor version may bring another engine. */
  versions: readonly string[];
  archs: readonly string[];
}

const VERIFIED: readonly VerifiedRow[] = [
  { name: 'node', versions: ['20', '22', '24', '26'], archs: ['x64', 'arm64'] },
];

export function currentRuntime(): Runtime {
  const versions: Record<string, string | undefined> = process.versions;
  const name = versions.bun !== undefined ? 'bun' : versions.deno !== undefined ? 'deno' : 'node';
  const [major = Number.NaN, minor = Number.NaN] = (versions[name] ?? '').split('.').map(Number);
  return { name, major, minor, arch: process.arch };
}

/** Whether the window is the default engine there. */
export function isWindowVerified({ name, major, minor, arch }: Runtime): boolean {
  const versions = [`${major}`, `${major}.${minor}`];
  return VERIFIED.some(
    (row) =>
      row.name === name &&
      row.archs.includes(arch) &&
      row.versions.some((version) => versions.includes(version)),
  );
}

/** Whether its WebAssembly loads must be atomic ones: on V8 always, on JavaScriptCore never. */
export function wantsAtomicLoads(runtime: Runtime): boolean {
  return runtime.name !== 'bun';
}
