import { SaxesParser } from 'saxes';
import type { Place, Report } from './problems.js';

/** Of the elements without any, which most are. */
const NO_CHILDREN: readonly XmlElement[] = [];

/** An element with what an import needs of it: names have no namespace prefix, comments are gone. */
export class XmlElement {
  readonly name: string;
  readonly line: number;
  readonly parent: XmlElement | undefined;
  /** All character data directly inside, as it stands, unless it is nothing but blanks. */
  text = '';
  #children = NO_CHILDREN as XmlElement[];
  #attributes: Record<string, string> | undefined;

  constructor(name: string, line: number, parent: XmlElement | undefined) {
    this.name = name;
    this.line = line;
    this.parent = parent;
  }

  get children(): readonly XmlElement[] {
    return this.#children;
  }

  append(child: XmlElement): void {
    if (this.#children === NO_CHILDREN) this.#children = [child];
    else this.#children.push(child);
  }

  setAttributes(attributes: Record<string, string>): void {
    for (const name in attributes) {
      this.#attributes = attributes;
      if (name.includes(':')) attributes[localName(name)] ??= attributes[name] as string;
    }
  }

  attribute(name: string): string | undefined {
    return this.#attributes?.[name];
  }

  /** The first child of that name. */
  child(name: string): XmlElement | undefined {
    for (const child of this.#children) if (child.name === name) return child;
    return undefined;
  }

  /** All children of that name. */
  all(name: string): XmlElement[] {
    return this.#children.filter((child) => child.name === name);
  }

  /** The trimmed text of the first child of that name; undefined where there is none or it is empty. */
  textOf(name: string): string | undefined {
    return this.child(name)?.text.trim() || undefined;
  }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/** Deeper than any description; every level costs the readers of the document a level of their stack. */
const DEEPEST = 256;

/** The character encoding that the first bytes show or declare. */
function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const declared = /^[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1] ?? 'utf-8';
  // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
  return /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}

function decodeBytes(bytes: Uint8Array, report: Report): string {
  const encoding = encodingOf(bytes);
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    report.warn('text-encoding', `the encoding '${encoding}' is not known here; read as UTF-8`, { line: 1 });
    decoder = new TextDecoder('utf-8', { fatal: true });
  }
  try {
    return decoder.decode(bytes);
  } catch {
    report.warn('text-encoding', `not valid ${decoder.encoding}; read as windows-1252`, { line: 1 });
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The text without what vendors' tools put around it, and how many lines that took from its start. */
function unwrapped(text: string, report: Report): { text: string; skipped: number } {
  const body = text.replace(/^\uFEFF/, '').replace(/\0+\s*$/, '');
  const blanks = /^\s+(?=<\?xml)/.exec(body)?.[0] ?? '';
  if (blanks !== '') report.warn('text-encoding', 'blanks before the XML declaration', { line: 1 });
  return { text: body.slice(blanks.length), skipped: blanks.split('\n').length - 1 };
}

/**
 * The document's root element.
 *
 * @throws ImportError with the line where the document is not well-formed
 */
export function parseXml(source: string | Uint8Array, report: Report): XmlElement {
  const { text, skipped } = unwrapped(
    typeof source === 'string' ? source : decodeBytes(source, report),
    report,
  );
  const parser = new SaxesParser({ position: true, xmlns: false });
  let root: XmlElement | undefined;
  let current: XmlElement | undefined;
  let depth = 0;
  parser.on('opentagstart', ({ name }) => {
    if (++depth > DEEPEST) {
      report.fail(`elements are nested more than ${DEEPEST} deep`, { line: parser.line + skipped });
    }
    const element = new XmlElement(localName(name), parser.line + skipped, current);
    if (current === undefined) root = element;
    else current.append(element);
    current = element;
  });
  parser.on('opentag', ({ attributes }) => current?.setAttributes(attributes));
  parser.on('closetag', () => {
    current = current?.parent;
    depth--;
  });
  const addText = (data: string) => {
    // Blanks between elements would keep alive what they are cut from.
    if (current !== undefined && data.trim() !== '') current.text += data;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('error', (error) => {
    const place: Place = { line: parser.line + skipped };
    if (current !== undefined) place.element = `element ${current.name}`;
    report.fail(error.message.replace(/^\d+:\d+: /, ''), place);
  });
  parser.write(text).close();
  return root ?? report.fail('an empty document', { line: 1 });
}
