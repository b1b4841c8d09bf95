import { invalidArgument, show } from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { currentRuntime, isWindowVerified } from './runtime.js';
import { giveWindow, takeWindow } from './window.js';

/**
 * What executes the accesses of a mapping: `window`, a WebAssembly memory over whose pages the device is mapped (fast),
 * or `native`, the C core (always available).
 */
export type Engine = 'window' | 'native';

/** Pages in place, ready to be accessed. */
export interface PlacedPages {
  engine: Engine;
  slot: number;
  /** Address of the first page: in the window, or 0 for the native engine. */
  address: number;
  length: number;
}

interface PageRequest {
  fd: number;
  /** What `fd` is, for messages. */
  path: string;
  offset: number;
  length: number;
  writable: boolean;
}

/** The engine asked for by option or, failing that, by the environment variable `MMAPIO_ENGINE`. */
export function requestedEngine(option: Engine | 'auto' | undefined): Engine | 'auto' {
  const [value, where] =
    option === undefined
      ? [process.env.MMAPIO_ENGINE || 'auto', 'The environment variable MMAPIO_ENGINE']
      : [option, 'The option engine'];
  if (value === 'window' || value === 'native' || value === 'auto') return value;
  throw invalidArgument(`${where} is ${show(value)}: it takes window, native or auto`);
}

/** Maps whole pages with the engine asked for; `auto` is the window where it is verified and has room. */
export function placePages(request: PageRequest, wanted: Engine | 'auto'): PlacedPages {
  const runtime = currentRuntime();
  const tryWindow = wanted === 'window' || (wanted === 'auto' && isWindowVerified(runtime));
  if (!tryWindow) return mapPages(request, 'native', 0);

  const address = takeWindow(request.length);
  if (typeof address === 'number') return mapPages(request, 'window', address);
  if (wanted === 'auto') return mapPages(request, 'native', 0);
  throw new MmapioError(
    'ERR_ENGINE_UNAVAILABLE',
    `The window engine was asked for and cannot be had: ${address.reason}. Use the native engine`,
  );
}

function mapPages(request: PageRequest, engine: Engine, address: number): PlacedPages {
  const { fd, offset, length, writable } = request;
  const slot = native.map(fd, offset, length, writable, engine === 'window' ? address : -1);
  if (slot >= 0) return { engine, slot, address, length };
  if (engine === 'window') giveWindow(address, length);
  throw new SystemError(slot, 'mmap', request.path, mmapRemedy(slot));
}

/** Undoes {@link placePages}. */
export function releasePages(pages: PlacedPages): void {
  const error = native.unmap(pages.slot);
  // What could not be replaced by empty pages is not given to another device.
  if (error === 0 && pages.engine === 'window') giveWindow(pages.address, pages.length);
}

/** What mmap(2) of a device driver means by its errors. */
function mmapRemedy(errno: number): string | undefined {
  switch (errno) {
    case -1: // EPERM
      return (
        'The kernel protects this range (CONFIG_STRICT_DEVMEM for /dev/mem, lockdown for PCI devices): use a UIO driver ' +
        'for the device instead'
      );
    case -11: // EAGAIN
      return 'Too much memory is locked (see ulimit -l)';
    case -12: // ENOMEM
      return 'No address space is left, or the process has too many mappings (see vm.max_map_count and ulimit -v)';
    case -13: // EACCES
      return "The descriptor's mode forbids it: it must be open for reading, and for writing too unless access is 'read'";
    case -19: // ENODEV
      return 'This file cannot be mapped';
    case -22: // EINVAL
      return "The driver refuses this stretch: offset and length must stay inside the device's map";
    default:
      return undefined;
  }
}
