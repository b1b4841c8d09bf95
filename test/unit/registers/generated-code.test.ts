import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DynamicRegister, FieldSpec, RegisterSpec, registerMap } from 'mmapio/registers';
import { LoggedMemory } from '../../support/logged-memory.js';

/*
 * A register begins with methods that loop over its fields and gets generated ones when it has been used often.
 * Whatever the register, both must do the same.
 */

const RULES = [undefined, 'oneToClear', 'zeroToClear', 'oneToSet', 'zeroToToggle', 'modify'] as const;
const ACCESS = [undefined, 'read-only', 'write-only', 'read-write'] as const;
const WIDTHS = [8, 16, 32, 64] as const;

const anyField = (width: number) =>
  fc
    .record({
      a: fc.nat(width - 1),
      b: fc.nat(width - 1),
      access: fc.constantFrom(...ACCESS),
      rule: fc.constantFrom(...RULES),
      named: fc.boolean(),
    })
    .map(({ a, b, access, rule, named }) => {
      const [msb, lsb] = a > b ? [a, b] : [b, a];
      const values = named ? { zero: 0, one: 1 } : {};
      return new FieldSpec(msb, lsb, values, { access, modifiedWriteValues: rule });
    });

const anyRegister = fc.constantFrom(...WIDTHS).chain((width) =>
  fc.record({
    spec: fc
      .record({
        // Names that code generation must not trip over.
        fields: fc.dictionary(
          fc.constantFrom('A', 'B', 'C', '__proto__x', "quo'te", 'a b', 'constructor', 'x', 'o'),
          anyField(width),
          { minKeys: 1, maxKeys: 5 },
        ),
        reset: fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }),
      })
      .map(({ fields, reset }) => new RegisterSpec(width, 0, { ...fields }, { reset })),
    memory: fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n }),
    inputs: fc.array(fc.constantFrom(0, 1, 2, 7, 255, 1n, true, 'zero', 'one', undefined), {
      minLength: 5,
      maxLength: 5,
    }),
  }),
);

/** What an operation answers, or the code of its error, and what it did on the bus. */
function outcome(regs: LoggedMemory, action: () => unknown) {
  try {
    return [action(), regs.taken()];
  } catch (error) {
    return [(error as { code?: string }).code ?? error, regs.taken()];
  }
}

function used(register: DynamicRegister): DynamicRegister {
  for (let call = 0; call < 200; call++) register.decode(register.width === 64 ? 0n : 0);
  return register;
}

describe('generated methods', () => {
  it('do what the loops do, on any register with any input', () => {
    fc.assert(
      fc.property(anyRegister, ({ spec, memory, inputs }) => {
        const regs = new LoggedMemory(8);
        const fields = Object.fromEntries(
          Object.keys(spec.fields).flatMap((name, index) => {
            const input = inputs[index];
            return input === undefined ? [] : [[name, input]];
          }),
        );
        const fresh = () => {
          const { R } = registerMap({ R: spec }).at(regs);
          return R as unknown as DynamicRegister;
        };
        const operations: ((register: DynamicRegister) => unknown)[] = [
          (r) => r.read(),
          (r) => r.readWithEffects(),
          (r) => r.write(fields),
          (r) => r.modify(fields),
          (r) => r.encode(fields),
          (r) => r.decode(spec.width === 64 ? memory : Number(memory)),
        ];
        for (const operation of operations) {
          regs.poke(0, memory, spec.width);
          const looped = outcome(regs, () => operation(fresh()));
          regs.poke(0, memory, spec.width);
          const generated = outcome(regs, () => operation(used(fresh())));
          assert.deepEqual(generated, looped);
        }
      }),
    );
  });
});
