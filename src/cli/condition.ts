/* `--until`: what a register or field has to be. */
import { UsageError } from './exit.js';
import { labelOf, type Selected } from './selection.js';
import { interpret, type Session } from './session.js';
import { parseNumber } from './values.js';

export interface Condition {
  text: string;
  selected: Selected;
  /** Whether a value of the whole register meets it. */
  holds(register: bigint): boolean;
}

/** `WHAT=VALUE` or `WHAT!=VALUE`, where VALUE is a number or a name that the map has for the field's value. */
export function parseCondition(text: string, session: Session): Condition {
  const [, what, sign, wanted] = /^([^=!]+)(!?=)(.+)$/.exec(text) ?? [];
  if (what === undefined || wanted === undefined) {
    throw new UsageError(
      `'${text}' is no condition: it takes WHAT=VALUE or WHAT!=VALUE, as in STATUS.DONE=1`,
    );
  }
  const [selected, ...more] = session.select([what]);
  if (selected === undefined || more.length > 0) throw new UsageError(`${what} is more than one register`);
  const number = parseNumber(wanted);
  const field = selected.bits?.field;
  const names = new Set([
    ...(field?.names.values() ?? []),
    ...(field?.patterns.map(({ name }) => name) ?? []),
  ]);
  if (number === undefined && !names.has(wanted)) {
    const known = names.size === 0 ? 'it takes a number' : `it has ${[...names].join(', ')}`;
    throw new UsageError(`'${wanted}' is no value of ${labelOf(selected)}: ${known}`);
  }
  const equal = (register: bigint) => {
    const { value, fields } = interpret(selected, register);
    return number === undefined ? fields[0]?.meaning === wanted : value === number;
  };
  return { text, selected, holds: (register) => equal(register) === (sign === '=') };
}
