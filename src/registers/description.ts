/*
 * The library's own description of a device's registers, as plain JSON.
 *
 * Every importer produces this form, and register maps, generated types, simulated devices and recordings are
 * made from it. docs/import.md is its reference. Rules of the form:
 *
 * - what a source does not say is absent, never guessed;
 * - register values and addresses are hexadecimal strings (`"0x4000C000"`), because they may need 64 bits;
 *   offsets (bytes), sizes (bits), bit positions and counts are numbers;
 * - access is what applies after inheritance; side effects stand where the source puts them: on the register
 *   they hold for every field that has none of its own.
 */

/** What software may do with a register or field, in CMSIS-SVD's words. */
export type Access = 'read-only' | 'write-only' | 'read-write' | 'writeOnce' | 'read-writeOnce';

/** What a write does to the bits it hits. `modify` (what plain storage does) is the case when absent. */
export type ModifiedWriteValues =
  | 'oneToClear'
  | 'oneToSet'
  | 'oneToToggle'
  | 'zeroToClear'
  | 'zeroToSet'
  | 'zeroToToggle'
  | 'clear'
  | 'set'
  | 'modify';

/** What a read does to the bits, or (`modifyExternal`) to something elsewhere in the device. */
export type ReadAction = 'clear' | 'set' | 'modify' | 'modifyExternal';

/** A register value or address: `0x` and hexadecimal digits. */
export type HexString = `0x${string}`;

/** One name of an enumeration. */
export interface EnumeratedValueDescription {
  name?: string;
  description?: string;
  /** Absent for a default that has no value of its own. Don't-care bits are 0 here. */
  value?: HexString;
  /** Bits that do not matter when comparing with `value`. */
  dontCare?: HexString;
  /** The name of every value that no other name covers. */
  isDefault?: true;
}

/** The names of a field's values. */
export interface EnumerationDescription {
  name?: string;
  /** The direction that these names are for; both when absent. */
  usage?: 'read' | 'write' | 'read-write';
  values: EnumeratedValueDescription[];
}

/** What may be written to a register or field. */
export interface WriteConstraint {
  /** Only the value that was last read. */
  writeAsRead?: true;
  /** Only the enumerated values. */
  useEnumeratedValues?: true;
  /** Only this range, ends included. */
  range?: { minimum: HexString; maximum: HexString };
}

/** Bits of a register. */
export interface FieldDescription {
  name: string;
  description?: string;
  /** Position of the least significant bit. */
  bitOffset: number;
  bitWidth: number;
  access?: Access;
  modifiedWriteValues?: ModifiedWriteValues;
  readAction?: ReadAction;
  writeConstraint?: WriteConstraint;
  /** Value after reset, where a source gives it for the field (IP-XACT, Vivado); SVD has it on the register. */
  resetValue?: HexString;
  enumerations?: EnumerationDescription[];
}

/** Elements of the same layout, `stride` bytes apart. */
export interface ArrayDescription {
  count: number;
  stride: number;
}

export interface RegisterDescription {
  kind: 'register';
  /** With the peripheral's prefix and suffix, where the source has them. */
  name: string;
  displayName?: string;
  description?: string;
  /** Bytes from the start of the enclosing peripheral or cluster. */
  offset: number;
  array?: ArrayDescription;
  /** Width in bits. */
  size?: number;
  access?: Access;
  /** As the source writes it, even where it is wider than the register. */
  resetValue?: HexString;
  /** Bits that `resetValue` says something about; all of them when absent. */
  resetMask?: HexString;
  modifiedWriteValues?: ModifiedWriteValues;
  readAction?: ReadAction;
  writeConstraint?: WriteConstraint;
  /** Registers of different alternate groups may share an address or a name. */
  alternateGroup?: string;
  /** The register at the same address that this one is another view of. */
  alternateRegister?: string;
  /** Names of whole-register values, which some files have outside any field. */
  enumerations?: EnumerationDescription[];
  fields: FieldDescription[];
}

/** Registers that belong together and may repeat. */
export interface ClusterDescription {
  kind: 'cluster';
  name: string;
  description?: string;
  /** Bytes from the start of the enclosing peripheral or cluster. */
  offset: number;
  array?: ArrayDescription;
  alternateCluster?: string;
  registers: RegisterNode[];
}

export type RegisterNode = RegisterDescription | ClusterDescription;

export interface InterruptDescription {
  name: string;
  description?: string;
  value: number;
}

export interface AddressBlockDescription {
  /** Bytes from the base address. */
  offset: number;
  /** Bytes. */
  size: number;
  /** `registers`, `buffer`, `reserved`, `memory`. */
  usage?: string;
}

export interface PeripheralDescription {
  name: string;
  displayName?: string;
  description?: string;
  version?: string;
  groupName?: string;
  /** The peripheral that this one was declared to be like. Everything inherited is already here. */
  derivedFrom?: string;
  alternatePeripheral?: string;
  /** What register names already begin and end with. */
  prependToName?: string;
  appendToName?: string;
  headerStructName?: string;
  baseAddress: HexString;
  /** Little-endian when absent. */
  byteOrder?: 'little' | 'big';
  addressBlocks?: AddressBlockDescription[];
  interrupts?: InterruptDescription[];
  registers: RegisterNode[];
}

export interface CpuDescription {
  name?: string;
  revision?: string;
  endian?: string;
}

export interface DeviceDescription {
  format: 'mmapio-device';
  formatVersion: 1;
  name: string;
  description?: string;
  vendor?: string;
  series?: string;
  version?: string;
  cpu?: CpuDescription;
  /** Bits of the smallest addressable unit, as the source says. Offsets here are in bytes whatever it is. */
  addressUnitBits?: number;
  /** Bits of the data bus. */
  width?: number;
  peripherals: PeripheralDescription[];
}
