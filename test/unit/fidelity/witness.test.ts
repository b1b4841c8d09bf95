import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Witness } from '../../../fidelity/witness.js';

const line = (kind: 'read' | 'write', address: number, value: bigint, size: number, name = 'nvme-cmb') =>
  `memory_region_ops_${kind} cpu 0 mr 0x55dd60c9ada0 addr 0x${address.toString(16)} value 0x${value.toString(16)} ` +
  `size ${size} name '${name}'\n`;

const mark = (number: bigint) => line('write', 0xfeaffffc, number, 4);

function accesses(witness: Witness, segment: number) {
  const log = witness.segments.get(segment);
  return Array.from({ length: log?.length ?? 0 }, (_, index) => log?.at(index));
}

describe("the witness's log", () => {
  it('is cut into segments by marks', () => {
    const witness = new Witness();
    witness.receive(
      Buffer.from(
        mark(7n) +
          line('write', 0xfea00000, 0xdeadbeefcafef00dn, 8) +
          mark(8n) +
          line('read', 0xfe800004, 1n, 4, 'edu-mmio'),
      ),
    );
    assert.deepEqual(accesses(witness, 7), [
      { write: true, width: 8, address: 0xfea00000, value: 0xdeadbeefcafef00dn },
    ]);
    assert.deepEqual(accesses(witness, 8), [{ write: false, width: 4, address: 0xfe800004, value: 1n }]);
  });

  it('leaves out the other devices and everything else that QEMU says', () => {
    const witness = new Witness();
    witness.receive(Buffer.from(`${line('read', 0xfee00000, 1n, 4, 'apic-msi')}qemu: something\n\n`));
    assert.deepEqual(accesses(witness, 0), []);
  });

  it('keeps of a value what fits into the width', () => {
    const witness = new Witness();
    witness.receive(Buffer.from(line('read', 0xfe800084, 0xffffffffffffffffn, 4, 'edu-mmio')));
    assert.deepEqual(accesses(witness, 0), [
      { write: false, width: 4, address: 0xfe800084, value: 0xffffffffn },
    ]);
  });

  it('may arrive in pieces of any size', () => {
    const whole = Buffer.from(
      mark(1n) + line('read', 0x8000000010, 5n, 2) + line('write', 0x8000000012, 6n, 1),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const witness = new Witness();
        const ends = [...cuts, whole.length].sort((a, b) => a - b);
        let start = 0;
        for (const end of ends) {
          witness.receive(whole.subarray(start, end));
          start = end;
        }
        assert.deepEqual(
          accesses(witness, 1).map((access) => access?.value),
          [5n, 6n],
        );
      }),
    );
  });
});
