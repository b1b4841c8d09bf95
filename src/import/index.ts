export type * from '../registers/description.js';
export { type GenerateOptions, generateTypes } from './generate.js';
export { parseHwh, parseXsa } from './hwh.js';
export { parseIpXact } from './ipxact/index.js';
export { parseDescription } from './json.js';
export { parseLitexCsv } from './litex.js';
export { applyOverrides, type Overrides } from './overrides.js';
export {
  ImportError,
  type ImportedDevice,
  type ImportOptions,
  type ImportWarning,
  type WarningCode,
} from './problems.js';
export { type ReadOptions, readDescription } from './read.js';
export { parseSvd, readSvd } from './svd/index.js';
