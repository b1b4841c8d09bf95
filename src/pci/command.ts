import type { RegisterIO } from '../register-io.js';

/** The command register of configuration space (PCI Local Bus Specification 3.0, section 6.2.2). */
const COMMAND = 0x04;

export const BUS_MASTER = 1 << 2;
export const INTX_DISABLE = 1 << 10;

/** One 16-bit read of the command register and, where the bits differ, one 16-bit write. */
export function setCommand(config: RegisterIO, bits: number, on: boolean): void {
  const before = config.readUint16(COMMAND);
  const after = on ? before | bits : before & ~bits;
  if (after !== before) config.writeUint16(COMMAND, after);
}

/** One 16-bit read of the vendor id: all ones where no device answers. */
export function answers(config: RegisterIO): boolean {
  return config.readUint16(0) !== 0xffff;
}
