// A UIO device by its name: set the alarm of the board's real-time clock, and wait for its interrupt.
import { Uio } from 'mmapio';

using uio = new Uio('rtc@9010000');
const clock = uio.regs();

clock.writeWord(0x1c, 1); // clear an alarm that is left over
clock.writeWord(0x10, 1); // let the clock raise its interrupt
clock.writeWord(0x04, clock.readWord(0x00) + 2); // in two seconds
uio.irqOn();
const count = await uio.waitIrq({ timeout: 10_000 }); // number, or null when the time is up
clock.writeWord(0x1c, 1);

console.log(count === null ? 'No alarm' : `Alarm, interrupt number ${count}`);
