export type * from './description.js';
export { type LeftOut, type MapFromOptions, registerMapFrom } from './from-description.js';
export { type ListedRegister, listRegisters } from './list.js';
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
export type {
  Bound,
  BoundRegister,
  DynamicBlock,
  DynamicEntry,
  DynamicMap,
  DynamicRegister,
  EffectfulRegister,
  FieldInput,
  FieldInputs,
  FieldValue,
  FieldValues,
  ModifiableRegister,
  ReadableRegister,
  RegisterFacts,
  RegistersOf,
  UntilOptions,
  WritableRegister,
} from './types.js';
