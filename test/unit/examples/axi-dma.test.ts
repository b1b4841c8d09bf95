import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AxiDma } from '../../../examples/axi-dma.js';
import { SimulatedAxiDma, SimulatedBuffer } from '../../support/simulated-axi-dma.js';

function setUp(length = 0x1000) {
  const source = new SimulatedBuffer(0x8_1000_0000n, length);
  const destination = new SimulatedBuffer(0x2000_0000n, length);
  const device = new SimulatedAxiDma([source, destination]);
  const dma = new AxiDma(device, device);
  return { source, destination, device, dma };
}

describe('the AXI DMA driver', () => {
  it('sends and receives packets of any length', async () => {
    const { source, destination, dma } = setUp();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 0x1000 }), async (packet) => {
        source.bytes.set(packet);
        const receiving = dma.receive(destination);
        await dma.send(source, packet.length);
        assert.equal(await receiving, packet.length);
        assert.deepEqual(destination.bytes.subarray(0, packet.length), packet);
      }),
      { numRuns: 50 },
    );
  });

  it('starts a transfer with the length, after the address in two halves', async () => {
    const { source, device, dma } = setUp();
    device.log.length = 0;
    await dma.send(source, 0x40);
    assert.deepEqual(
      device.log.filter((entry) => entry.startsWith('write')),
      [
        'write 0x0 = 0x5001',
        'write 0x18 = 0x10000000',
        'write 0x1c = 0x8',
        'write 0x28 = 0x40',
        'write 0x4 = 0x1000',
      ],
    );
  });

  it('synchronises the caches around each transfer', async () => {
    const { source, destination, dma } = setUp();
    const receiving = dma.receive(destination);
    await dma.send(source, 0x40);
    await receiving;
    assert.deepEqual(source.synchronised, ['device 64 to-device']);
    assert.deepEqual(destination.synchronised, ['device 4096 from-device', 'cpu 64 from-device']);
  });

  it('says what went wrong, and works again after a reset', async () => {
    const { source, destination, dma } = setUp();
    const elsewhere = new SimulatedBuffer(0x9000_0000n, 16);
    await assert.rejects(dma.send(elsewhere), /decode error: nothing answers/);
    dma.reset();
    const receiving = dma.receive(destination, 16);
    const failing = assert.rejects(receiving, /packet longer than the buffer/);
    await dma.send(source, 32);
    await failing;
    dma.reset();
    await dma.send(source, 8);
    assert.equal(await dma.receive(destination), 8);
  });

  it('refuses lengths that the buffer does not have', async () => {
    const { source, dma } = setUp();
    await assert.rejects(dma.send(source, 0x1001), RangeError);
    await assert.rejects(dma.receive(source, 0), RangeError);
  });

  it('gives up a transfer when told to', async () => {
    const { destination, dma } = setUp();
    const stopping = new AbortController();
    const receiving = dma.receive(destination, 16, stopping.signal);
    stopping.abort();
    await assert.rejects(receiving, { code: 'ABORT_ERR' });
  });

  it('is not deceived by an interrupt that is not its own', async () => {
    const { source, destination, device, dma } = setUp();
    const receiving = dma.receive(destination);
    device.s2mm.raise();
    await dma.send(source, 4);
    assert.equal(await receiving, 4);
  });
});
