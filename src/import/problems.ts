import { MmapioError } from '../errors.js';
import type { DeviceDescription } from '../registers/description.js';

/** Where in a source something stands. */
export interface Place {
  /** 1-based; absent where a format has no lines. */
  line?: number | undefined;
  /** `register TIMER0.CR`, or whatever the source calls it. */
  element?: string | undefined;
}

/** Something in a source that was read in the one way that makes sense, or left out. */
export interface ImportWarning extends Place {
  /** Stable name of the kind of problem. */
  code: WarningCode;
  message: string;
  file?: string | undefined;
}

export type WarningCode =
  | 'text-encoding'
  | 'unknown-reference'
  | 'ambiguous-reference'
  | 'bad-number'
  | 'unknown-word'
  | 'misplaced-element'
  | 'missing-element'
  | 'bad-index'
  | 'duplicate-name'
  | 'reversed-bits'
  | 'field-outside-register'
  | 'value-outside-field'
  | 'value-outside-register'
  | 'left-out'
  | 'more';

/** A description that cannot be used. The message begins with file and line. */
export class ImportError extends MmapioError {
  override name = 'ImportError';
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly element: string | undefined;
  /** The message without file, line and element. */
  readonly problem: string;

  constructor(problem: string, file: string | undefined, place: Place = {}, options?: ErrorOptions) {
    super('ERR_BAD_DESCRIPTION', located(problem, file, place), options);
    this.problem = problem;
    this.file = file;
    this.line = place.line;
    this.element = place.element;
  }
}

function located(message: string, file: string | undefined, { line, element }: Place): string {
  const inFile = line === undefined ? file : `${file}:${line}`;
  const where = file === undefined && line !== undefined ? `line ${line}` : inFile;
  return [where, element, message].filter((part) => part !== undefined && part !== '').join(': ');
}

/** A description with what its import had to say. */
export interface ImportedDevice extends DeviceDescription {
  /** What in the source was unusual and how it was understood. Empty when nothing was. */
  warnings: ImportWarning[];
}

/** Options that every importer takes. */
export interface ImportOptions {
  /** Name of the source, for errors and warnings. */
  file?: string | undefined;
  /** Refuse what would otherwise be a warning. */
  strict?: boolean | undefined;
}

/** Of one kind of problem, this many are listed one by one. */
const LISTED = 50;

/** Collects what an import has to say. */
export class Report {
  readonly file: string | undefined;
  readonly #strict: boolean;
  readonly #warnings: ImportWarning[] = [];
  readonly #counts = new Map<WarningCode, number>();

  constructor(options: ImportOptions = {}) {
    this.file = options.file;
    this.#strict = options.strict ?? false;
  }

  /** Notes a problem that the import can live with. */
  warn(code: WarningCode, message: string, place: Place = {}): void {
    if (this.#strict) this.fail(message, place);
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > LISTED) return;
    this.#warnings.push({ code, message: located(message, this.file, place), file: this.file, ...place });
  }

  /** Ends the import. */
  fail(message: string, place: Place = {}, options?: ErrorOptions): never {
    throw new ImportError(message, this.file, place, options);
  }

  get warnings(): ImportWarning[] {
    const more = [...this.#counts]
      .filter(([, count]) => count > LISTED)
      .map(
        ([code, count]): ImportWarning => ({
          code: 'more',
          message: `and ${count - LISTED} more of the kind '${code}'`,
          file: this.file,
        }),
      );
    return [...this.#warnings, ...more];
  }
}
