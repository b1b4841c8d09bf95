export { type Access, formatAccesses, parseAccesses } from './access.js';
export { type Clock, RealClock, SteppedClock } from './clock.js';
export {
  type DescribedRegisters,
  type ReadHandler,
  SimulatedDevice,
  type SimulationOptions,
  type WriteEvent,
  type WriteHandler,
} from './device.js';
export { SimulatedInterrupt } from './interrupt.js';
export { Recorder, type RecorderOptions } from './recorder.js';
export { Expect, type ExpectedAccess, Script, type ScriptOptions } from './script.js';
export { toVcd } from './vcd.js';
