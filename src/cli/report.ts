/* Readings as rows of text and as JSON; every command shows them alike. */
import { type Cell, columns } from './output.js';
import { labelOf, type Selected } from './selection.js';
import type { Reading } from './session.js';
import { type Format, formatField, formatOffset, formatValue } from './values.js';

/** A register that was not read, and why. */
export interface Unread {
  selected: Selected;
  reason: string;
}

export const isUnread = (one: Reading | Unread): one is Unread => 'reason' in one;

/** What the value means: a field's own name for it, or all fields of the register. */
function meaningOf({ selected, fields }: Reading, format: Format): string {
  if (selected.bits !== undefined) return fields[0]?.meaning ?? '';
  return fields
    .filter(({ readable }) => readable)
    .map((field) => formatField(field, format))
    .join(' ');
}

export function row(one: Reading | Unread, format: Format): Cell[] {
  const { selected } = one;
  const label = labelOf(selected);
  const place: Cell[] = selected.entry === undefined ? [label] : [formatOffset(selected.offset), label];
  if (isUnread(one)) return [...place, { text: '-', style: 'dim' }, { text: one.reason, style: 'dim' }];
  const value: Cell = { text: formatValue(one.value, one.bits, format), style: 'cyan' };
  return [...place, value, meaningOf(one, format)];
}

export const rows = (all: readonly (Reading | Unread)[], format: Format): string[] =>
  columns(all.map((one) => row(one, format)));

export function json(one: Reading | Unread): Record<string, unknown> {
  const { selected } = one;
  const place = { name: labelOf(selected), offset: selected.offset, width: selected.width };
  if (isUnread(one)) return { ...place, value: null, reason: one.reason };
  const { bits, entry } = selected;
  return {
    ...place,
    ...(bits && { bits: [bits.msb, bits.lsb] }),
    value: formatValue(one.value, one.bits),
    ...(bits !== undefined && one.fields[0]?.meaning !== undefined && { meaning: one.fields[0].meaning }),
    ...(bits === undefined && entry !== undefined && { fields: fieldsJson(one) }),
  };
}

export function fieldsJson({ fields }: Reading): Record<string, unknown>[] {
  return fields
    .filter(({ readable }) => readable)
    .map(({ name, msb, lsb, value, width, meaning }) => ({
      name,
      bits: [msb, lsb],
      value: formatValue(value, width),
      ...(meaning !== undefined && { meaning }),
    }));
}
