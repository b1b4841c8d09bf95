/**
 * Something of the kernel's that has to be given back, a descriptor for example: by `close()`, or else when nobody can reach
 * this object any more. Whoever uses the value holds on to this object, so that it is never given back before.
 */
export class Owned<T> {
  readonly value: T;
  readonly #holding: Holding<T>;

  /** @param giveBack - called once; it must not reach what holds this object */
  constructor(value: T, giveBack: (value: T) => void) {
    this.value = value;
    this.#holding = { value, giveBack };
    forgotten.register(this, this.#holding, this);
  }

  /** Closing again does nothing. */
  close(): void {
    if (!forgotten.unregister(this)) return;
    this.#holding.giveBack(this.value);
  }
}

interface Holding<T> {
  value: T;
  giveBack: (value: T) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: values of every kind, each with what gives it back
const forgotten = new FinalizationRegistry<Holding<any>>(({ value, giveBack }) => giveBack(value));
