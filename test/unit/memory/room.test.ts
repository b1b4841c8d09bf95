/* The allocator of the window's addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Room } from '#src/memory/room.js';

const SIZE = 100;

test('stretches never overlap, and what is given back can be taken again', () => {
  const take = fc.record({ take: fc.integer({ min: 1, max: SIZE }) });
  const give = fc.record({ give: fc.nat() });
  fc.assert(
    fc.property(fc.array(fc.oneof(take, give), { maxLength: 60 }), (steps) => {
      const room = new Room(10, 10 + SIZE);
      const taken: { start: number; length: number }[] = [];
      for (const step of steps) {
        if ('give' in step) {
          const [stretch] = taken.splice(step.give % (taken.length || 1), 1);
          if (stretch !== undefined) room.give(stretch.start, stretch.length);
          continue;
        }
        const start = room.take(step.take);
        if (start === undefined) continue;
        const end = start + step.take;
        assert.ok(start >= 10 && end <= 10 + SIZE);
        for (const other of taken) assert.ok(end <= other.start || start >= other.start + other.length);
        taken.push({ start, length: step.take });
      }
      for (const { start, length } of taken) room.give(start, length);
      assert.equal(room.take(SIZE), 10, 'everything is one stretch again');
    }),
  );
});

test('a room that is too small gives nothing', () => {
  const room = new Room(0, SIZE);
  assert.equal(room.take(SIZE + 1), undefined);
  assert.equal(room.take(SIZE), 0);
  assert.equal(room.take(1), undefined);
});
