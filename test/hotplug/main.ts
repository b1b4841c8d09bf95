/*
 * Runs unplugging.test.js on a board from which it can have devices pulled out: two more of edu behind PCI Express ports,
 * because the bus itself knows no such thing.
 */
import { startBoard } from '../../board/board.js';
import { x64Iommu } from '../../board/machine.js';
import { boardFiles, guestPath } from '../../board/payload.js';

const ports = ['first', 'second'].flatMap((id, index) => [
  ...['-device', `pcie-root-port,id=port-${id},chassis=${index + 1},addr=0x${(8 + index).toString(16)}`],
  ...['-device', `edu,id=${id},bus=port-${id}`],
]);

await using board = await startBoard({
  machine: x64Iommu,
  files: boardFiles(x64Iommu, ['build']),
  extraQemuArguments: ports,
  requests: {
    unplug: async (machine, id) => {
      await machine.qmp.execute('device_del', { id });
    },
  },
});
const test = guestPath('build/test/hotplug/unplugging.test.js');
const command = `cd /mmapio && node --test ${test}`;
process.exitCode = await board.run(command, { stdout: process.stdout, stderr: process.stderr });
