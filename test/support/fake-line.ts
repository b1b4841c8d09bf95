/*
 * An interrupt without a device. A FIFO stands for the device node: it is readable when something was written, in messages
 * of 4 bytes, as a UIO device is.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { InterruptLine } from '#src/interrupts/interrupt-line.js';
import { temporaryFolder } from './files.js';

export interface FakeDevice {
  line: InterruptLine;
  /** Makes an interrupt happen with that total count. */
  raise(count: number): void;
  /** How often the interrupt was turned on. */
  rearmed: number;
}

export function makeFifo(t: TestContext): string {
  const path = join(temporaryFolder(t), 'uio0');
  execFileSync('mkfifo', [path]);
  return path;
}

export const openFifo = (path: string): number => openSync(path, constants.O_RDWR | constants.O_NONBLOCK);

export function fakeDevice(t: TestContext, countBefore = 0): FakeDevice {
  const path = makeFifo(t);
  const fd = openFifo(path);
  const rearm = () => {
    device.rearmed++;
  };
  const device: FakeDevice = {
    line: new InterruptLine({ fd, path, read: () => readCount(fd), rearm }, countBefore),
    raise: (count) => {
      writeSync(fd, Int32Array.of(count));
    },
    rearmed: 0,
  };
  t.after(() => {
    device.line.close();
    closeSync(fd);
  });
  return device;
}

/** The latest of what was written. */
function readCount(fd: number): number | null {
  const counts = new Int32Array(64);
  try {
    return counts[readSync(fd, counts, 0, counts.byteLength, null) / 4 - 1] ?? null;
  } catch {
    return null;
  }
}
