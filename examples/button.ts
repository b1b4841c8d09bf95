// Interrupts as they come: count how often the board's button is pressed, here three times by the program itself.
import { Uio } from 'mmapio';
import { pressButton } from '../board/guest/control.ts';

const BUTTON = 1 << 3;
const GPIO = { RISING: 0x40c, ENABLE: 0x410, CLEAR: 0x41c, BUTTON_LINE: BUTTON << 2 };

using uio = new Uio('gpio@9030000');
const gpio = uio.regs();
gpio.writeWord(GPIO.RISING, BUTTON);
gpio.writeWord(GPIO.CLEAR, 0xff);
gpio.writeWord(GPIO.ENABLE, BUTTON);

let presses = 0;
setTimeout(pressButton);
for await (const { count, missed } of uio.interrupts({ signal: AbortSignal.timeout(20_000) })) {
  while ((gpio.readWord(GPIO.BUTTON_LINE) & BUTTON) !== 0); // still down
  gpio.writeWord(GPIO.CLEAR, BUTTON); // the loop turns the interrupt on again behind its body
  console.log(`Press ${++presses} (interrupt ${count}, ${missed} missed)`);
  if (presses === 3) break;
  pressButton();
}
gpio.writeWord(GPIO.ENABLE, 0);
