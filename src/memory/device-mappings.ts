import type { Engine } from './engine.js';
import type { MapOptions, MemoryMap } from './memory-map.js';

/** The mappings of a device: each is made when first asked for, and again after a bus error ended it. */
export class DeviceMappings<Key> {
  readonly #mappings = new Map<Key, MemoryMap>();
  readonly #options: MapOptions;

  /** @param engine - for all of them */
  constructor(engine: Engine | 'auto' | undefined) {
    this.#options = engine === undefined ? {} : { engine };
  }

  /** The mapping of that key, or a new one. What `map` throws is thrown; the next call tries again. */
  get(key: Key, map: (options: MapOptions) => MemoryMap): MemoryMap {
    const present = this.#mappings.get(key);
    if (present !== undefined && !present.dead) return present;
    // Before the new one, which gets the place.
    present?.close();
    this.#mappings.delete(key);
    const mapping = map(this.#options);
    this.#mappings.set(key, mapping);
    return mapping;
  }

  close(): void {
    for (const mapping of this.#mappings.values()) mapping.close();
    this.#mappings.clear();
  }
}
