/*
 * A driver for the board's GPIO controller (Arm PrimeCell PL061, manual DDI 0190). Its line 3 is the board's button;
 * a level interrupt on a low line comes at once, so the example needs nobody to press it.
 *
 *     npm run board -- examples/gpio.ts
 */
import { fileURLToPath } from 'node:url';
import { type InterruptSource, type RegisterIO, Uio } from 'mmapio';
import { array, field, type RegistersOf, reg32, registerMap } from 'mmapio/registers';

const lines = () => field(7, 0);

export const gpioMap = registerMap(
  {
    /** Bits 9 to 2 of the address choose the lines: element `mask` reads and writes just those lines. */
    DATA: array(256, 0x000, 4, reg32(0, { LINES: lines() })),
    DIRECTION: reg32(0x400, { OUTPUT: lines() }),
    SENSE: reg32(0x404, { LEVEL: lines() }),
    BOTH_EDGES: reg32(0x408, { BOTH: lines() }),
    EVENT: reg32(0x40c, { HIGH: lines() }),
    MASK: reg32(0x410, { ENABLED: lines() }),
    RAW: reg32(0x414, { RAISED: lines() }).readOnly(),
    MASKED: reg32(0x418, { RAISED: lines() }).readOnly(),
    CLEAR: reg32(0x41c, { EDGE: lines().w1c() }).writeOnly(),
  },
  { name: 'PL061' },
);

export interface GpioDevice extends InterruptSource {
  regs(): RegisterIO;
}

export class Gpio {
  readonly #device: GpioDevice;
  readonly #regs: RegistersOf<typeof gpioMap>;

  constructor(device: GpioDevice) {
    this.#device = device;
    this.#regs = gpioMap.at(device.regs());
  }

  /** One read, of the chosen lines only. */
  read(mask: number): number {
    return this.#data(mask).read().LINES;
  }

  /** Makes lines outputs (one read, one write) and sets them (one write that leaves all others alone). */
  write(mask: number, values: number): void {
    this.#regs.DIRECTION.modify({ OUTPUT: this.#regs.DIRECTION.read().OUTPUT | mask });
    this.#data(mask).write({ LINES: values });
  }

  /** Waits until one of the lines is low. */
  async whenLow(mask: number, options: { timeout: number }): Promise<number | null> {
    this.#regs.SENSE.write({ LEVEL: mask });
    this.#regs.EVENT.write({ HIGH: 0 });
    this.#regs.MASK.write({ ENABLED: mask });
    this.#device.irqOn();
    const count = await this.#device.waitIrq(options);
    const raised = this.#regs.MASKED.read().RAISED;
    this.#regs.MASK.write({ ENABLED: 0 });
    return count === null ? null : raised;
  }

  #data(mask: number) {
    const register = this.#regs.DATA[mask];
    if (register === undefined) throw new RangeError(`lines 0x${mask.toString(16)} are not among the eight`);
    return register;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  using device = new Uio('gpio@9030000');
  const gpio = new Gpio(device);
  console.log('lines', gpio.read(0xff).toString(2).padStart(8, '0'));
  const raised = await gpio.whenLow(0b1000, { timeout: 10_000 });
  console.log(raised === null ? 'no interrupt came' : `low: lines ${raised.toString(2).padStart(8, '0')}`);
  process.exitCode = raised === 0b1000 ? 0 : 1;
}
