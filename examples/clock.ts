/*
 * A driver for the board's real-time clock (Arm PrimeCell PL031, manual DDI 0224), written once: it runs over the
 * real device, over a simulated one in a unit test, and over a recording.
 *
 *     npm run board -- examples/clock.ts
 */
import { fileURLToPath } from 'node:url';
import { type InterruptSource, type RegisterIO, Uio } from 'mmapio';
import { array, bit, field, type RegistersOf, reg32, registerMap } from 'mmapio/registers';

export const clockMap = registerMap(
  {
    /** Seconds since 1970. */
    DATA: reg32(0x00).readOnly(),
    /** The interrupt is raised when DATA comes to be this. */
    MATCH: reg32(0x04),
    /** Sets DATA. */
    LOAD: reg32(0x08),
    CONTROL: reg32(0x0c, { COUNTING: bit(0) }),
    MASK: reg32(0x10, { ENABLED: bit(0) }),
    RAW: reg32(0x14, { RAISED: bit(0) }).readOnly(),
    MASKED: reg32(0x18, { RAISED: bit(0) }).readOnly(),
    CLEAR: reg32(0x1c, { ALARM: bit(0).w1c() }).writeOnly(),
    ID: array(8, 0xfe0, 4, reg32(0, { BYTE: field(7, 0) }).readOnly()),
  },
  { name: 'PL031' },
);

/** What a driver needs of a device: a `Uio`, or whatever stands in for one. */
export interface ClockDevice extends InterruptSource {
  regs(): RegisterIO;
}

export class Clock {
  readonly #device: ClockDevice;
  readonly #regs: RegistersOf<typeof clockMap>;

  constructor(device: ClockDevice) {
    this.#device = device;
    this.#regs = clockMap.at(device.regs());
  }

  /** The identification bytes of Arm's PrimeCells, part number first: one read each. */
  identification(): number[] {
    return this.#regs.ID.map((register) => register.read().BYTE);
  }

  /** One read. */
  now(): Date {
    return new Date(this.#regs.DATA.read() * 1000);
  }

  /** Waits until the clock has gone on by some seconds. */
  async alarm(seconds: number, options: { timeout: number }): Promise<boolean> {
    this.#regs.CLEAR.clear('ALARM');
    this.#regs.MATCH.write(this.#regs.DATA.read() + seconds);
    this.#regs.MASK.write({ ENABLED: 1 });
    this.#device.irqOn();
    const count = await this.#device.waitIrq(options);
    this.#regs.MASK.write({ ENABLED: 0 });
    this.#regs.CLEAR.clear('ALARM');
    return count !== null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  using device = new Uio('rtc@9010000');
  const clock = new Clock(device);
  console.log('part', (clock.identification()[0] ?? 0).toString(16), 'at', clock.now().toISOString());
  const rang = await clock.alarm(1, { timeout: 3000 });
  console.log(rang ? 'the alarm rang' : 'no alarm came', 'at', clock.now().toISOString());
  process.exitCode = rang ? 0 : 1;
}
