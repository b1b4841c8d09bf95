import { parseCount } from '../numbers.js';
import type { Report } from '../problems.js';
import type { XmlElement } from '../xml.js';
import { dimLabels, labelled } from './dim.js';

/*
 * derivedFrom. An element derived from another is a chain: the element, what it is derived from, and so on.
 * A property is the first that the chain has; children add up, an element's own replacing an inherited one of
 * the same name. A name in derivedFrom is looked for from where it is written outwards: among the siblings, in
 * the enclosing elements, in the whole device; earlier or later in the file makes no difference.
 */

/** Elements that can be derived, and what their children are called through. */
const CONTAINERS = new Set(['peripherals', 'registers', 'fields']);
const NAMED = new Set(['peripheral', 'cluster', 'register', 'field', 'enumeratedValues']);

/** Longer than any description needs. */
const LONGEST_CHAIN = 1024;

/** `register TIMER0.CR`, for messages. */
export function elementPath(element: XmlElement): string {
  const names: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const name = at.name === 'device' || !NAMED.has(at.name) ? undefined : at.textOf('name');
    if (name !== undefined) names.unshift(name);
  }
  return names.length === 0 ? element.name : `${element.name} ${names.join('.')}`;
}

export const placeOf = (element: XmlElement) => ({ line: element.line, element: elementPath(element) });

/** The named elements directly inside, looking through containers. */
function membersOf(element: XmlElement): XmlElement[] {
  return element.children.flatMap((child) => {
    if (NAMED.has(child.name)) return [child];
    return CONTAINERS.has(child.name) ? membersOf(child) : [];
  });
}

export class Derivation {
  readonly #report: Report;
  readonly #chains = new Map<XmlElement, XmlElement[]>();
  readonly #members = new Map<XmlElement, Map<string, XmlElement[]>>();
  readonly #all = new Map<XmlElement, Map<string, XmlElement[]>>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** The element and what it is derived from, nearest first. */
  chain(element: XmlElement): readonly XmlElement[] {
    if (element.attribute('derivedFrom') === undefined) return [element];
    const known = this.#chains.get(element);
    if (known !== undefined) return known;
    const chain = [element];
    // Names are looked for inside other derived elements, and those elements' own names perhaps in this one: what is
    // known of it so far has to do then.
    this.#chains.set(element, chain);
    let last = element;
    for (let base = this.#baseOf(last); base !== undefined; base = this.#baseOf(last)) {
      if (chain.includes(base)) {
        this.#report.fail(`derivedFrom leads in a circle over ${elementPath(base)}`, placeOf(element));
      }
      if (chain.length === LONGEST_CHAIN) {
        this.#report.fail(`derivedFrom leads over more than ${LONGEST_CHAIN} elements`, placeOf(element));
      }
      chain.push(base);
      last = base;
    }
    return chain;
  }

  /** The first child of that name along the chain. */
  child(element: XmlElement, name: string): XmlElement | undefined {
    if (element.attribute('derivedFrom') === undefined) return element.child(name);
    for (const link of this.chain(element)) {
      const child = link.child(name);
      if (child !== undefined) return child;
    }
    return undefined;
  }

  /** The trimmed text of the first child of that name along the chain that has any. */
  text(element: XmlElement, name: string): string | undefined {
    if (element.attribute('derivedFrom') === undefined) return element.textOf(name);
    for (const link of this.chain(element)) {
      const text = link.textOf(name);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** Children that `list` finds, inherited ones first; an element's own replaces an inherited one of its key. */
  merged(
    element: XmlElement,
    list: (link: XmlElement) => XmlElement[],
    key: (child: XmlElement) => string,
  ): XmlElement[] {
    const [own, ...bases] = this.chain(element);
    if (bases.length === 0) return list(own as XmlElement);
    let result: XmlElement[] = [];
    for (const link of this.chain(element).toReversed()) {
      const added = list(link);
      if (added.length === 0) continue;
      const replaced = new Set(added.map(key));
      result = [...result.filter((child) => !replaced.has(key(child))), ...added];
    }
    return result;
  }

  #baseOf(element: XmlElement): XmlElement | undefined {
    const reference = element.attribute('derivedFrom')?.trim();
    if (reference === undefined || reference === '') return undefined;
    const base = this.#find(element, reference);
    if (base === undefined) {
      this.#report.warn(
        'unknown-reference',
        `derivedFrom="${reference}" names nothing that is here`,
        placeOf(element),
      );
    }
    return base;
  }

  #find(element: XmlElement, reference: string): XmlElement | undefined {
    const path = reference.split('.').map((part) => part.trim());
    const fits = (found: XmlElement) => found.name === element.name && found !== element;
    for (let scope = element.parent; scope !== undefined; scope = scope.parent) {
      const direct = this.#along(scope, path).find(fits);
      if (direct !== undefined) return direct;
    }
    for (let scope = element.parent; scope !== undefined; scope = scope.parent) {
      const deep = this.#inside(scope, path).filter(fits);
      if (deep[0] === undefined) continue;
      if (deep.length > 1 && scope.parent === undefined) {
        this.#report.warn(
          'ambiguous-reference',
          `derivedFrom="${reference}" could be any of ${deep.length} elements; took line ${deep[0].line}`,
          placeOf(element),
        );
      }
      return deep[0];
    }
    return element.name === 'enumeratedValues' ? this.#enumerationOfField(element, path) : undefined;
  }

  /** Some files name the field instead of its enumeratedValues. */
  #enumerationOfField(element: XmlElement, path: string[]): XmlElement | undefined {
    for (let scope = element.parent?.parent; scope !== undefined; scope = scope.parent) {
      const field = [...this.#along(scope, path), ...this.#inside(scope, path)].find(
        (found) => found.name === 'field',
      );
      const values = field?.child('enumeratedValues');
      if (values !== undefined && values !== element) return values;
    }
    return undefined;
  }

  /** Elements that the whole path leads to, starting among the scope's members. */
  #along(scope: XmlElement, path: readonly string[]): XmlElement[] {
    let found = [scope];
    for (const part of path) {
      found = found.flatMap((element) =>
        this.#chainMembers(element).flatMap((index) => index.get(part) ?? []),
      );
    }
    return found;
  }

  /** Elements anywhere inside whose own path ends with the given one. */
  #inside(scope: XmlElement, path: readonly string[]): XmlElement[] {
    const last = path.at(-1) as string;
    const before = path.slice(0, -1).toReversed();
    return (this.#everything(scope).get(last) ?? []).filter((element) => {
      let at = element.parent;
      return before.every((part) => {
        while (at !== undefined && !NAMED.has(at.name)) at = at.parent;
        const matches = at !== undefined && namesOf(at).includes(part);
        at = at?.parent;
        return matches;
      });
    });
  }

  /** Members by name, of the element and of what it is derived from. */
  #chainMembers(element: XmlElement): Map<string, XmlElement[]>[] {
    return this.chain(element).map((link) => {
      const known = this.#members.get(link) ?? index(membersOf(link));
      this.#members.set(link, known);
      return known;
    });
  }

  /** Every named element inside, by name. */
  #everything(scope: XmlElement): Map<string, XmlElement[]> {
    let known = this.#all.get(scope);
    if (known === undefined) {
      known = index(descendants(scope));
      this.#all.set(scope, known);
    }
    return known;
  }
}

function descendants(element: XmlElement): XmlElement[] {
  return membersOf(element).flatMap((member) => [member, ...descendants(member)]);
}

/** Names by which an element can be referred to: as written, of each instance, and with its alternate group. */
function namesOf(element: XmlElement): string[] {
  const name = element.textOf('name');
  if (name === undefined) return [];
  const group = element.textOf('alternateGroup');
  if (!name.includes('%s')) return group === undefined ? [name] : [name, `${name}_${group}`];
  const text = element.textOf('dimIndex');
  const labels = text === undefined ? [] : dimLabels(text);
  const count = Math.min(parseCount(element.textOf('dim') ?? '') ?? 0, MOST_NAMED_INSTANCES);
  const instances = labels.length > 0 ? labels : Array.from({ length: count }, (_, index) => String(index));
  const written = instances.flatMap((label) => [labelled(name, label), name.replace('%s', label)]);
  return [...new Set([name, labelled(name, ''), ...written])];
}

/** Of a longer array, nobody derives from a single element. */
const MOST_NAMED_INSTANCES = 1024;

function index(elements: XmlElement[]): Map<string, XmlElement[]> {
  const byName = new Map<string, XmlElement[]>();
  for (const element of elements) {
    for (const name of namesOf(element)) {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [element]);
      else same.push(element);
    }
  }
  return byName;
}
