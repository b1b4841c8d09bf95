/* The files of the u-dma-buf driver as plain files, and one in place of its memory. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Roots } from 'mmapio';
import { temporaryFolder } from './files.js';

interface FakeBuffer {
  name?: string;
  size?: number;
  coherent?: string;
  syncMode?: number;
  /** The driver's name before version 2.0. */
  class?: 'udmabuf';
}

interface FakeRoots extends Required<Roots> {
  /** What was last written to the buffer's file. */
  read(file: string): string;
}

export function fakeBuffer(t: TestContext, options: FakeBuffer = {}): FakeRoots {
  const { name = 'udmabuf0', size = 0x10000, coherent = '0', syncMode = 1 } = options;
  const root = temporaryFolder(t);
  const folder = join(root, 'sys/class', options.class ?? 'u-dma-buf', name);
  const files = {
    size: `${size}\n`,
    phys_addr: '0x0000000070100000\n',
    sync_mode: `${syncMode}\n`,
    dma_coherent: `${coherent}\n`,
    sync_for_cpu: '',
    sync_for_device: '',
  };
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, 'dev'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const memory = join(root, 'dev', name);
  writeFileSync(memory, '');
  truncateSync(memory, Math.ceil(size / 4096) * 4096);
  const roots = { sysfs: join(root, 'sys'), dev: join(root, 'dev') };
  // Inherited, so that the roots can be given as options as they are.
  const methods = { read: (file: string) => readFileSync(join(folder, file), 'utf8') };
  return Object.assign(Object.create(methods), roots);
}
