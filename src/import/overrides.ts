import type {
  DeviceDescription,
  FieldDescription,
  PeripheralDescription,
  RegisterDescription,
  RegisterNode,
} from '../registers/description.js';
import { type Check, FIELD, type Json, REGISTER } from './json.js';
import { type ImportOptions, Report } from './problems.js';

/*
 * Corrections to an import. A file maps paths to what is different there:
 *
 *     { "UART*.DR": { "readAction": "modify" }, "UART0.CR:EN": { "access": "read-only" } }
 *
 * A path names a register, clusters included and without array indices, or after a colon a field; `*` stands for
 * any text between dots. null takes a member away. A field or register that does not exist yet is added where
 * its position is given.
 */

/** What overrides look like once parsed. */
export type Overrides = Record<string, Record<string, unknown>>;

interface Override {
  path: string;
  register: RegExp;
  field: RegExp | undefined;
  changes: Json;
  used: boolean;
}

const pattern = (text: string) =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]*')}$`);

function compile(overrides: Overrides, report: Report): Override[] {
  return Object.entries(overrides).map(([path, changes]) => {
    if (typeof changes !== 'object' || changes === null) report.fail('is not an object', { element: path });
    const [register = '', field] = path.split(':');
    const known = field === undefined ? REGISTER : FIELD;
    const checked: Json = {};
    for (const [key, value] of Object.entries(changes)) {
      const check: Check | undefined = key === 'kind' || key === 'name' ? undefined : known[key];
      if (check === undefined) report.fail(`cannot override '${key}'`, { element: path });
      checked[key] = value === null ? null : check(value, `${path}.${key}`, report);
    }
    return {
      path,
      register: pattern(register),
      field: field === undefined ? undefined : pattern(field),
      changes: checked,
      used: false,
    };
  });
}

/** The members with the changes, those that became null left out. */
function changed<T extends object>(members: T, changes: Json): T {
  const merged = { ...members, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) as T;
}

function overriddenFields(fields: FieldDescription[], overrides: Override[]): FieldDescription[] {
  let result = fields;
  for (const override of overrides) {
    const { field, changes } = override;
    if (field === undefined) continue;
    const matches = (candidate: FieldDescription) => field.test(candidate.name);
    if (result.some(matches)) {
      override.used = true;
      result = result.map((candidate) => (matches(candidate) ? changed(candidate, changes) : candidate));
    } else if ('bitOffset' in changes && 'bitWidth' in changes) {
      override.used = true;
      const name = override.path.slice(override.path.indexOf(':') + 1);
      result = [...result, changed({ name } as FieldDescription, changes)];
    }
  }
  return result;
}

function overriddenRegister(register: RegisterDescription, overrides: Override[]): RegisterDescription {
  let result = register;
  for (const override of overrides) {
    if (override.field !== undefined) continue;
    override.used = true;
    result = changed(result, override.changes);
    const { access } = override.changes;
    // Fields that had the register's access go on having it.
    if (access !== undefined) {
      result.fields = result.fields.map((field) =>
        field.access === register.access ? changed(field, { access }) : field,
      );
    }
  }
  const fields = overriddenFields(result.fields, overrides);
  return fields === result.fields ? result : { ...result, fields };
}

function overriddenNodes(nodes: RegisterNode[], path: string, overrides: Override[]): RegisterNode[] {
  return nodes.map((node) => {
    const at = `${path}.${node.name}`;
    if (node.kind === 'cluster')
      return { ...node, registers: overriddenNodes(node.registers, at, overrides) };
    const applying = overrides.filter((override) => override.register.test(at));
    return applying.length === 0 ? node : overriddenRegister(node, applying);
  });
}

function addedRegisters(peripheral: PeripheralDescription, overrides: Override[]): RegisterNode[] {
  return overrides.flatMap((override): RegisterNode[] => {
    const [owner, name, ...deeper] = override.path.split('.');
    const wanted =
      override.field === undefined && deeper.length === 0 && name !== undefined && !override.used;
    if (!wanted || owner === undefined || !('offset' in override.changes)) return [];
    if (!pattern(owner).test(peripheral.name)) return [];
    override.used = true;
    return [
      changed({ kind: 'register', name, fields: [] } as unknown as RegisterDescription, override.changes),
    ];
  });
}

/**
 * A copy of the description with corrections. Every override must apply to something.
 *
 * @throws ImportError for an override that matches nothing or has a bad member
 */
export function applyOverrides<T extends DeviceDescription>(
  device: T,
  overrides: Overrides,
  options: ImportOptions = {},
): T {
  const report = new Report(options);
  const list = compile(overrides, report);
  const peripherals = device.peripherals.map((peripheral) => ({
    ...peripheral,
    registers: overriddenNodes(peripheral.registers, peripheral.name, list),
  }));
  for (const peripheral of peripherals) peripheral.registers.push(...addedRegisters(peripheral, list));
  const unused = list.find(({ used }) => !used);
  if (unused !== undefined) report.fail('matches no register or field', { element: unused.path });
  return { ...device, peripherals };
}
