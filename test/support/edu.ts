/* QEMU's teaching device `edu` (docs/specs/edu in QEMU's source), as far as tests use it. */
import type { RegisterIO } from 'mmapio';

export const EDU = { vendor: 0x1234, device: 0x11e8 } as const;
export const EDU_ADDRESS = '0000:00:04.0';

export const ID = 0x00;
export const LIVENESS = 0x04;
export const FACTORIAL = 0x08;
export const STATUS = 0x20;
const INTERRUPT_STATUS = 0x24;
export const INTERRUPT_RAISE = 0x60;
const INTERRUPT_ACKNOWLEDGE = 0x64;
const DMA_SOURCE = 0x80;
const DMA_DESTINATION = 0x88;
const DMA_COUNT = 0x90;
const DMA_COMMAND = 0x98;

const DMA_START = 1;
export const DMA_TO_MEMORY = 2;
export const DMA_INTERRUPT = 4;
/** What the interrupt status says when a transfer is done. */
export const DMA_DONE = 0x100;

/** The device's own memory, as its DMA engine sees it: 4 KiB, of which QEMU 7.2 moves at most 4095 at once. */
export const BUFFER = 0x40000n;
export const BUFFER_LENGTH = 4088;

/** Writes back what the interrupt status says, which lowers the interrupt. */
export function acknowledge(regs: RegisterIO): number {
  const status = regs.readUint32(INTERRUPT_STATUS);
  regs.writeUint32(INTERRUPT_ACKNOWLEDGE, status);
  return status;
}

/** Starts a transfer; `command` adds to {@link DMA_START}. */
export function startDma(
  regs: RegisterIO,
  source: bigint,
  destination: bigint,
  length: number,
  command = 0,
): void {
  regs.writeUint64(DMA_SOURCE, source);
  regs.writeUint64(DMA_DESTINATION, destination);
  regs.writeUint64(DMA_COUNT, BigInt(length));
  regs.writeUint64(DMA_COMMAND, BigInt(DMA_START | command));
}

/** Waits until the device is idle: QEMU takes 100 ms for a transfer. */
export function finishDma(regs: RegisterIO): void {
  while ((regs.readUint64(DMA_COMMAND) & 1n) !== 0n);
}
