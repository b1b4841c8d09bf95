/* Descriptors that the core opened, where nobody closes them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { native } from '#src/native/binding.js';
import { countDescriptors } from '../../support/resources.js';

/** Opens one of each, and waits to be ended. */
const WORK = `
  import(${JSON.stringify(import.meta.resolve('#src/native/binding.js'))}).then(async ({ native }) => {
    const { parentPort } = await import('node:worker_threads');
    const events = Array.from({ length: 40 }, () => native.openEvent());
    parentPort.postMessage([...events, native.joinDescriptors(Int32Array.of(events[0])), native.createMemory(4096, 0)]);
    parentPort.on('message', () => {});
  });`;

test('are closed with their thread, though it was ended in the middle', async () => {
  const before = countDescriptors();
  const worker = new Worker(WORK, { eval: true });
  const [opened] = (await once(worker, 'message')) as [number[]];
  assert.equal(opened.length, 42);
  assert.ok(opened.every((fd) => fd > 0));
  await worker.terminate();
  assert.equal(countDescriptors(), before);
});

test('are closed once, and nothing else is', () => {
  const before = countDescriptors();
  const event = native.openEvent();
  assert.equal(countDescriptors(), before + 1);
  native.closeDescriptor(event);
  native.closeDescriptor(event);
  native.closeDescriptor(0);
  assert.equal(countDescriptors(), before);
});
