export type * from './description.js';
export { type MapEntry, type MapOptions, RegisterMap, registerMap } from './map.js';
export {
  ArraySpec,
  array,
  BlockSpec,
  bit,
  block,
  FieldSpec,
  field,
  RegisterSpec,
  reg8,
  reg16,
  reg32,
  reg64,
} from './spec.js';
export type { Bound, BoundRegister, FieldInputs, FieldValues, UntilOptions } from './types.js';
