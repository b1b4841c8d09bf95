export { AbortError, BusError, type ErrorCode, MmapioError, SystemError } from './errors.js';
export type { Engine } from './memory/engine.js';
export { type MapOptions, MemoryMap, type OpenOptions } from './memory/memory-map.js';
export {
  type ByteOrder,
  MemoryMappedIO,
  type RegionMemory,
  type RegionOptions,
} from './memory/memory-mapped-io.js';
export type { Access } from './memory/target.js';
export type { TypedArray } from './native/binding.js';
export type { RegisterIO } from './register-io.js';
