import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DynamicRegister, FieldSpec, RegisterSpec, registerMap } from 'mmapio/registers';
import { SimulatedDevice } from 'mmapio/sim';

const RULES = [
  'modify',
  'oneToClear',
  'oneToSet',
  'oneToToggle',
  'zeroToClear',
  'zeroToSet',
  'zeroToToggle',
] as const;

/** A register of 16 bits in which fields of two bits each follow any rule, some places being free. */
const anyFields = fc.array(
  fc.record({
    rule: fc.constantFrom(...RULES),
    access: fc.constantFrom('read-write' as const, 'read-only' as const, undefined),
    there: fc.boolean(),
  }),
  { minLength: 8, maxLength: 8 },
);

describe('modify, on a device that follows the rules of its fields', () => {
  it('changes the fields that it is given and no others', () => {
    fc.assert(
      fc.property(
        anyFields,
        fc.constantFrom(...RULES, undefined),
        fc.nat(0xffff),
        fc.nat(7),
        fc.nat(3),
        (list, registerRule, before, chosen, value) => {
          const fields = Object.fromEntries(
            list.flatMap(({ rule, access, there }, index) =>
              there
                ? [
                    [
                      `F${index}`,
                      new FieldSpec(2 * index + 1, 2 * index, {}, { access, modifiedWriteValues: rule }),
                    ],
                  ]
                : [],
            ),
          );
          const spec = fields[`F${chosen}`];
          fc.pre(spec !== undefined && spec.options.access !== 'read-only');
          const map = registerMap({
            R: new RegisterSpec(16, 0, fields, { modifiedWriteValues: registerRule }),
          });
          const sim = new SimulatedDevice(map);
          sim.poke('R', before);
          const { R } = map.at(sim);
          (R as unknown as DynamicRegister).modify({ [`F${chosen}`]: value });
          const others = 0xffff & ~(3 << (2 * chosen));
          assert.equal(Number(sim.peekValue('R')) & others, before & others);
          if (spec?.options.modifiedWriteValues === 'modify') {
            assert.equal((Number(sim.peekValue('R')) >> (2 * chosen)) & 3, value);
          }
        },
      ),
    );
  });
});
