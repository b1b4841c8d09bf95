/*
 * A register map from a vendor's description, here examples/thermometer.svd, used over a simulated device.
 *
 *     node examples/imported-map.ts [FILE]
 *
 * The map is made at run time, so names are checked when they are used. For completion and checks in the editor,
 * generate a module instead: npx mmapio types examples/thermometer.svd --output thermometer.ts
 */
import { readDescription } from 'mmapio/import';
import { listRegisters, registerMapFrom } from 'mmapio/registers';
import { Recorder, SimulatedDevice } from 'mmapio/sim';

const svd = process.argv[2] ?? 'examples/thermometer.svd';
const device = await readDescription(svd);
for (const { path, address, register } of listRegisters(device)) {
  console.log(address, path, register.fields.map(({ name }) => name).join(' '));
}

const [sensor] = device.peripherals;
if (sensor === undefined) throw new Error('the description has no peripheral');
const map = registerMapFrom(sensor);
const simulated = new SimulatedDevice(map).onWrite('CTRL', ({ fields }) => {
  simulated.poke('STATUS', { READY: fields.ENABLE ?? 0 });
  simulated.poke('CELSIUS[0]', 21);
});

const recorder = new Recorder(simulated, { map });
const regs = map.at(recorder);
regs.CTRL?.write({ ENABLE: 1, RATE: 'TEN' });
await regs.STATUS?.until({ READY: 1 });
console.log(regs.CELSIUS?.[0]?.read(), 'degrees');
console.log(recorder.toString());
