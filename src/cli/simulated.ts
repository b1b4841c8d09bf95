/* The built-in devices of `sim:` targets, to try every command on with no hardware. */
import type { DynamicMap, RegisterMap } from '../registers/index.js';
import { array, bit, field, RegisterMap as Maps, reg32 } from '../registers/index.js';
import { RealClock, SimulatedDevice } from '../sim/index.js';

/** Ticks of the timer in milliseconds, when its rate is slow or fast. */
const PERIODS: Record<string, number> = { slow: 250, fast: 25 };

/** A timer with one register of each kind; it runs from the start and raises its interrupt with every tick. */
function timerMap(): RegisterMap<DynamicMap> {
  return new Maps(
    {
      ID: reg32(0x00).readOnly().reset(0x54494d52),
      CTRL: reg32(0x04, { ENABLE: bit(0), RATE: field(5, 4, { slow: 0, fast: 1 }), TAG: field(15, 8) }).reset(
        1,
      ),
      STATUS: reg32(0x08, { RUNNING: bit(0).readOnly(), TICKED: bit(1).w1c() }),
      COUNT: reg32(0x0c).readOnly(),
      EVENTS: reg32(0x10).readOnly().readClears(),
      COMMAND: reg32(0x14, { RESET: bit(0) }).writeOnly(),
      CHANNEL: array(4, 0x20, 0x10, { LEN: reg32(0x0), SRC: reg32(0x4) }),
    },
    { name: 'timer', dynamic: true },
  );
}

function timer(): SimulatedDevice {
  const device = new SimulatedDevice(timerMap(), { clock: new RealClock() });
  const number = (path: string) => Number(device.peekValue(path));
  let stop: () => void = () => {};
  const start = () => {
    stop();
    const { ENABLE, RATE } = device.peek('CTRL') as { ENABLE: number; RATE: string };
    device.poke('STATUS', { RUNNING: ENABLE });
    if (ENABLE === 1) stop = device.every(PERIODS[RATE] ?? 1000, tick);
  };
  const tick = () => {
    device.poke('COUNT', (number('COUNT') + 1) >>> 0);
    device.poke('EVENTS', number('EVENTS') + 1);
    device.poke('STATUS', { TICKED: 1 });
    device.interrupt.raise();
  };
  device.onWrite('CTRL', start);
  device.onWrite('COMMAND', ({ fields }) => {
    if (fields.RESET !== 1) return;
    device.reset();
    start();
  });
  start();
  return device;
}

export const SIMULATED: Readonly<
  Record<string, { about: string; make(): SimulatedDevice; map(): RegisterMap<DynamicMap> }>
> = {
  timer: { about: 'a timer that ticks and raises its interrupt', make: timer, map: timerMap },
};
