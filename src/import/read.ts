import { loadFile } from './file.js';
import { hwhDevice, parseXsa } from './hwh.js';
import { ipxactDevice } from './ipxact/index.js';
import { type Json, jsonDevice, parseJson } from './json.js';
import { litexDevice, parseLitexCsv } from './litex.js';
import { applyOverrides, type Overrides } from './overrides.js';
import { type ImportedDevice, type ImportOptions, Report } from './problems.js';
import { svdDevice } from './svd/index.js';
import { parseXml } from './xml.js';

export interface ReadOptions extends ImportOptions {
  /** Corrections to apply, or the file that holds them. */
  overrides?: Overrides | string | undefined;
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function fromJson(source: string, report: Report): ImportedDevice {
  const json = parseJson(source, report);
  if (typeof json === 'object' && json !== null && 'csr_bases' in json)
    return litexDevice(json as Json, report);
  return jsonDevice(json, report);
}

function fromXml(bytes: Uint8Array, report: Report): ImportedDevice {
  const root = parseXml(bytes, report);
  if (root.name === 'device') return svdDevice(root, report);
  if (root.name === 'EDKSYSTEM') return hwhDevice(root, report);
  if (root.name === 'component') return ipxactDevice(root, report);
  return report.fail(
    `<${root.name}> is the root of neither CMSIS-SVD (device), IP-XACT (component) nor a .hwh (EDKSYSTEM)`,
    { line: root.line },
  );
}

/** Tells the format by the content and reads it. */
function parseAny(bytes: Uint8Array, options: ImportOptions): ImportedDevice {
  const report = new Report(options);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return parseXsa(bytes, options);
  const start = decode(bytes.subarray(0, 4096))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('{')) return fromJson(decode(bytes), report);
  if (/^(#|csr_base,|constant,|memory_region,)/m.test(start) && !start.startsWith('<')) {
    return parseLitexCsv(decode(bytes), options);
  }
  return fromXml(bytes, report);
}

/**
 * Reads a register description of any supported kind, told by its content: CMSIS-SVD, IP-XACT, Vivado's `.hwh`
 * and `.xsa`, LiteX's `csr.json` and `csr.csv`, and the library's own JSON.
 *
 * @throws ImportError with file, line and element where it cannot be used
 * @throws SystemError where the file cannot be read
 */
export async function readDescription(path: string, options: ReadOptions = {}): Promise<ImportedDevice> {
  const { overrides, ...rest } = options;
  const device = parseAny(await loadFile(path), { file: path, ...rest });
  if (overrides === undefined) return device;
  if (typeof overrides !== 'string') return applyOverrides(device, overrides, rest);
  const report = new Report({ ...rest, file: overrides });
  return applyOverrides(device, parseJson(decode(await loadFile(overrides)), report) as Overrides, {
    ...rest,
    file: overrides,
  });
}
