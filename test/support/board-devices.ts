/* Registers of the board's devices that the tests use; docs/board.md has them all. */
import type { MemoryMappedIO, Uio } from 'mmapio';

/** Real-time clock, PL031. */
export const RTC = {
  name: 'rtc@9010000',
  DATA: 0x00,
  MATCH: 0x04,
  MASK: 0x10,
  RAW: 0x14,
  CLEAR: 0x1c,
  ID: 0xfe0,
};

/** GPIO, PL061; the button is line 3. */
export const GPIO = {
  name: 'gpio@9030000',
  DIRECTION: 0x400,
  LEVEL: 0x404,
  RISING: 0x40c,
  ENABLE: 0x410,
  MASKED: 0x418,
  CLEAR: 0x41c,
  ID: 0xfe0,
  BUTTON: 1 << 3,
  /** GPIODATA of the button's line alone: address bits 9 to 2 are its mask. */
  BUTTON_LINE: (1 << 3) << 2,
};

/** Lets the clock raise its interrupt when asked to. */
export function prepareClock(uio: Uio): MemoryMappedIO {
  const clock = uio.regs();
  clock.writeWord(RTC.CLEAR, 1);
  clock.writeWord(RTC.MASK, 1);
  return clock;
}

/** Raises the clock's interrupt: the alarm is for the present second. */
export function raiseClock(clock: MemoryMappedIO): void {
  while ((clock.readWord(RTC.RAW) & 1) === 0) clock.writeWord(RTC.MATCH, clock.readWord(RTC.DATA));
}

/** Lowers it. */
export function clearClock(clock: MemoryMappedIO): void {
  clock.writeWord(RTC.CLEAR, 1);
}

/** The four bytes that PrimeCell devices have at 0xfe0, lowest first. */
export function peripheralId(regs: MemoryMappedIO): number {
  const [a = 0, b = 0, c = 0, d = 0] = regs.readBlock(RTC.ID, new Uint32Array(4));
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
