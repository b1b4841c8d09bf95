import { type ImportedDevice, parseSvd } from 'mmapio/import';
import { listRegisters, type RegisterDescription } from 'mmapio/registers';

/** A device with the given peripherals; `properties` go to the device level. */
export function svd(peripherals: string, properties = ''): ImportedDevice {
  return parseSvd(`<device><name>D</name>${properties}<peripherals>${peripherals}</peripherals></device>`);
}

/** A device with one peripheral `P` at 0x1000 that contains the given registers and clusters. */
export function svdRegisters(registers: string, properties = ''): ImportedDevice {
  return svd(
    `<peripheral><name>P</name><baseAddress>0x1000</baseAddress>${properties}<registers>${registers}</registers></peripheral>`,
  );
}

/** The only register of a device with one register `R` of the given content. */
export function svdRegister(content: string): RegisterDescription {
  const device = svdRegisters(
    `<register><name>R</name><addressOffset>0</addressOffset>${content}</register>`,
  );
  const [node] = device.peripherals[0]?.registers ?? [];
  if (node?.kind !== 'register') throw new Error('expected a register');
  return node;
}

/** `path address` of every register. */
export function addresses(device: ImportedDevice): string[] {
  return Array.from(listRegisters(device), ({ path, address }) => `${path} ${address}`);
}
