import type {
  Access,
  EnumeratedValueDescription,
  EnumerationDescription,
  ModifiedWriteValues,
  ReadAction,
  WriteConstraint,
} from '../../registers/description.js';
import { type Bits, hexString, parseBits, parseCount } from '../numbers.js';
import type { Report } from '../problems.js';
import { ACCESS_WORDS, READ_WORDS, USAGE_WORDS, WRITE_WORDS, wordTable } from '../words.js';
import type { XmlElement } from '../xml.js';
import { Derivation, elementPath, placeOf } from './derive.js';
import { type Dim, dimLabels } from './dim.js';

const ACCESS: Record<string, Access> = {
  ...wordTable(ACCESS_WORDS),
  // As older schemas and some vendors have them.
  readonly: 'read-only',
  read: 'read-only',
  ro: 'read-only',
  r: 'read-only',
  writeonly: 'write-only',
  write: 'write-only',
  wo: 'write-only',
  w: 'write-only',
  readwrite: 'read-write',
  'read/write': 'read-write',
  rw: 'read-write',
  'r/w': 'read-write',
  'write-once': 'writeOnce',
  'read-write-once': 'read-writeOnce',
};
const MODIFIED_WRITE_VALUES = wordTable(WRITE_WORDS);
const READ_ACTION: Record<string, ReadAction> = {
  ...wordTable(READ_WORDS),
  // As schema 1.0 spelled it.
  modifyexternel: 'modifyExternal',
};
const USAGE = wordTable(USAGE_WORDS);

/** A `dim` above this is a mistake, and expanding it would take all memory. */
const MOST_ELEMENTS = 1 << 20;
/** Registers and fields of one file, with those that each `dim` stands for. A file that has more is a mistake, too. */
const MOST_IN_ALL = 1 << 22;

/** Reads the values of elements, along what they are derived from. */
export class Reader extends Derivation {
  readonly report: Report;
  #inAll = 0;

  constructor(report: Report) {
    super(report);
    this.report = report;
  }

  /** Counts what is read, so that no file takes all memory. */
  tally(count: number, element: XmlElement): void {
    this.#inAll += count;
    if (this.#inAll > MOST_IN_ALL) {
      this.report.fail(`more than ${MOST_IN_ALL} registers and fields in all`, placeOf(element));
    }
  }

  /** Text with runs of blanks made one, as descriptions are laid out over lines. */
  prose(element: XmlElement, name: string): string | undefined {
    return this.text(element, name)?.replace(/\s+/g, ' ');
  }

  /** A number, with a warning where the text is none. */
  bits(element: XmlElement, name: string): Bits | undefined {
    const text = this.text(element, name);
    if (text === undefined) return undefined;
    const bits = parseBits(text);
    if (bits === undefined) {
      this.report.warn('bad-number', `<${name}> is '${text}', which is no number; ignored`, placeOf(element));
    }
    return bits;
  }

  count(element: XmlElement, name: string): number | undefined {
    const text = this.text(element, name);
    if (text === undefined) return undefined;
    const value = parseCount(text);
    if (value === undefined) {
      this.report.warn('bad-number', `<${name}> is '${text}', which is no number; ignored`, placeOf(element));
    }
    return value;
  }

  /** A number without which the element means nothing. */
  required(element: XmlElement, name: string): number {
    const text = this.text(element, name);
    if (text === undefined) this.report.fail(`<${name}> is missing`, placeOf(element));
    return (
      parseCount(text) ?? this.report.fail(`<${name}> is '${text}', which is no number`, placeOf(element))
    );
  }

  requiredName(element: XmlElement): string {
    return this.text(element, 'name') ?? this.report.fail('<name> is missing', placeOf(element));
  }

  #word<T>(element: XmlElement, name: string, known: Record<string, T>): T | undefined {
    const text = this.text(element, name);
    if (text === undefined) return undefined;
    const word = known[text.toLowerCase()];
    if (word === undefined) {
      this.report.warn(
        'unknown-word',
        `<${name}> is '${text}', which has no meaning here; ignored`,
        placeOf(element),
      );
    }
    return word;
  }

  access(element: XmlElement): Access | undefined {
    return this.#word(element, 'access', ACCESS);
  }

  modifiedWriteValues(element: XmlElement): ModifiedWriteValues | undefined {
    return this.#word(element, 'modifiedWriteValues', MODIFIED_WRITE_VALUES);
  }

  readAction(element: XmlElement): ReadAction | undefined {
    return this.#word(element, 'readAction', READ_ACTION);
  }

  writeConstraint(element: XmlElement): WriteConstraint | undefined {
    const constraint = this.child(element, 'writeConstraint');
    if (constraint === undefined) return undefined;
    const isTrue = (name: string) => /^(true|1)$/i.test(constraint.textOf(name) ?? '');
    const range = constraint.child('range');
    const minimum = range && this.bits(range, 'minimum');
    const maximum = range && this.bits(range, 'maximum');
    return {
      ...(isTrue('writeAsRead') && { writeAsRead: true }),
      ...(isTrue('useEnumeratedValues') && { useEnumeratedValues: true }),
      ...(minimum !== undefined &&
        maximum !== undefined && {
          range: { minimum: hexString(minimum.value), maximum: hexString(maximum.value) },
        }),
    };
  }

  /** The element's own `dim`, or an inherited one where its name has a place for the index. */
  dim(element: XmlElement): Dim | undefined {
    const name = this.text(element, 'name') ?? '';
    if (element.child('dim') === undefined && !name.includes('%s')) return undefined;
    const count = this.count(element, 'dim');
    if (count === undefined) {
      if (name.includes('%s')) {
        this.report.warn('missing-element', 'the name has a %s but there is no <dim>', placeOf(element));
      }
      return undefined;
    }
    if (count > MOST_ELEMENTS) this.report.fail(`<dim> of ${count} elements`, placeOf(element));
    this.tally(count, element);
    const increment = this.count(element, 'dimIncrement');
    if (increment === undefined && count > 1) this.report.fail('<dimIncrement> is missing', placeOf(element));
    return { count, increment: increment ?? 0, labels: this.#labels(element, count) };
  }

  #labels(element: XmlElement, count: number): string[] {
    const numbers = Array.from({ length: count }, (_, index) => String(index));
    const source = this.chain(element).find((link) => link.child('dimIndex') ?? link.child('dim'));
    const inherits = source === element && element.child('dimIndex') === undefined;
    const text = inherits ? this.#inheritedIndex(element, count) : source?.textOf('dimIndex');
    if (text === undefined) return numbers;
    const labels = dimLabels(text);
    if (labels.length === count) return labels;
    this.report.warn(
      'bad-index',
      `<dimIndex> '${text}' names ${labels.length} elements, <dim> says ${count}`,
      placeOf(element),
    );
    return numbers.map((number, index) => labels[index] ?? number);
  }

  /** An index is inherited only along with the same number of elements. */
  #inheritedIndex(element: XmlElement, count: number): string | undefined {
    const base = this.chain(element).find((link) => link.child('dimIndex') !== undefined);
    return base !== undefined && parseCount(base.textOf('dim') ?? '') === count
      ? base.textOf('dimIndex')
      : undefined;
  }

  enumerations(element: XmlElement, width: number | undefined): EnumerationDescription[] | undefined {
    const link = this.chain(element).find(({ children }) =>
      children.some(({ name }) => name === 'enumeratedValues' || name === 'enumeratedValue'),
    );
    if (link === undefined) return undefined;
    const lists = link.all('enumeratedValues').map((list) => this.#enumeration(list, width));
    const loose = link.all('enumeratedValue');
    if (loose.length > 0) {
      this.report.warn('misplaced-element', '<enumeratedValue> outside <enumeratedValues>', placeOf(element));
      lists.push({ values: loose.map((value) => this.#enumeratedValue(value, width, element)) });
    }
    return lists;
  }

  #enumeration(list: XmlElement, width: number | undefined): EnumerationDescription {
    const name = this.text(list, 'name');
    const usage = this.#word(list, 'usage', USAGE);
    const values = this.merged(
      list,
      (link) => link.all('enumeratedValue'),
      (value) => value.textOf('name') ?? `line ${value.line}`,
    );
    return {
      ...(name !== undefined && { name }),
      ...(usage !== undefined && { usage }),
      values: values.map((value) => this.#enumeratedValue(value, width, list)),
    };
  }

  #enumeratedValue(
    element: XmlElement,
    width: number | undefined,
    list: XmlElement,
  ): EnumeratedValueDescription {
    const name = element.textOf('name');
    const description = this.prose(element, 'description');
    const isDefault = /^(true|1)$/i.test(element.textOf('isDefault') ?? '');
    const bits = this.bits(element, 'value');
    if (bits === undefined && !isDefault) {
      this.report.warn('missing-element', `'${name}' has neither <value> nor <isDefault>`, {
        line: element.line,
        element: elementPath(list),
      });
    }
    if (bits !== undefined && width !== undefined && bits.value >> BigInt(width) !== 0n) {
      this.report.warn('value-outside-field', `value of '${name}' does not fit into ${width} bits`, {
        line: element.line,
        element: elementPath(list),
      });
    }
    return {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(bits !== undefined && { value: hexString(bits.value) }),
      ...(bits !== undefined && bits.dontCare !== 0n && { dontCare: hexString(bits.dontCare) }),
      ...(isDefault && { isDefault: true }),
    };
  }
}
