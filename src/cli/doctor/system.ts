/* Small questions to the kernel; what it does not answer is `undefined`. */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';

/** Where the kernel's file systems are. */
export interface Roots {
  sysfs: string;
  dev: string;
}

export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether this user may read and write a device node; root may whatever its mode. */
export function mayUse(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export const exists = (file: string): boolean => existsSync(file);

/** The configuration of the running kernel, where it or its package tells it. */
function kernelConfig(): string | undefined {
  const packaged = textOf(`/boot/config-${release()}`) ?? textOf(`/lib/modules/${release()}/config`);
  if (packaged !== undefined) return packaged;
  try {
    return gunzipSync(readFileSync('/proc/config.gz')).toString();
  } catch {
    return undefined;
  }
}

let config: string | undefined | null = null;

/** `y`, `m`, `n`, or `undefined` where the configuration cannot be had. */
export function kernelOption(name: string): string | undefined {
  if (config === null) config = kernelConfig();
  if (config === undefined) return undefined;
  return new RegExp(`^CONFIG_${name}=(.*)$`, 'm').exec(config)?.[1] ?? 'n';
}

/** Effective capabilities of this process (capabilities(7)). */
export function hasCapability(bit: number): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(textOf('/proc/self/status') ?? '')?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(bit)) & 1n) === 1n;
}

/** include/uapi/linux/capability.h */
export const CAP_SYS_RAWIO = 17;
