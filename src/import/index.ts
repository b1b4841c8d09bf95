export type * from '../registers/description.js';
export { ImportError, type ImportOptions, type ImportWarning, type WarningCode } from './problems.js';
export { type ImportedDevice, parseSvd, readSvd } from './svd/index.js';
