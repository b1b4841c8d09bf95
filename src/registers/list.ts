import type {
  ClusterDescription,
  DeviceDescription,
  HexString,
  PeripheralDescription,
  RegisterDescription,
  RegisterNode,
} from './description.js';

/** One register of a device, array elements and cluster repetitions one by one. */
export interface ListedRegister {
  peripheral: PeripheralDescription;
  /** From the device down, as a register map reaches it: `DMA.CHANNEL[2].LEN`. */
  path: string;
  /** The register's own name with its index: `LEN`, `DATA3`. */
  name: string;
  /** Bytes from the peripheral's base address. */
  offset: number;
  address: HexString;
  register: RegisterDescription;
}

interface Position {
  path: string;
  name: string;
  offset: number;
}

function positions(node: RegisterDescription | ClusterDescription, path: string, offset: number): Position[] {
  const { name, array } = node;
  const start = offset + node.offset;
  if (array === undefined) return [{ path: `${path}.${name}`, name, offset: start }];
  return Array.from({ length: array.count }, (_, index) => ({
    path: `${path}.${name}[${index}]`,
    name: `${name}${index}`,
    offset: start + index * array.stride,
  }));
}

function* inNodes(
  peripheral: PeripheralDescription,
  base: bigint,
  nodes: readonly RegisterNode[],
  path: string,
  offset: number,
): Generator<ListedRegister> {
  for (const node of nodes) {
    for (const at of positions(node, path, offset)) {
      if (node.kind === 'cluster') yield* inNodes(peripheral, base, node.registers, at.path, at.offset);
      else {
        const address: HexString = `0x${(base + BigInt(at.offset)).toString(16).toUpperCase()}`;
        yield { peripheral, ...at, address, register: node };
      }
    }
  }
}

/** Every register of a device or peripheral, in the order of the description, arrays and clusters unrolled. */
export function* listRegisters(
  description: DeviceDescription | PeripheralDescription,
): Generator<ListedRegister> {
  const peripherals = 'peripherals' in description ? description.peripherals : [description];
  for (const peripheral of peripherals) {
    yield* inNodes(peripheral, BigInt(peripheral.baseAddress), peripheral.registers, peripheral.name, 0);
  }
}
