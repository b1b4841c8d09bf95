export { AbortError, BusError, type ErrorCode, MmapioError, SystemError } from './errors.js';
export type { RegisterIO } from './register-io.js';
