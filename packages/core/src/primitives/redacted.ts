const hidden = '[redacted]';

/** Holds a secret that must not reach a log: as text and as JSON it is `[redacted]`, and inspectors do not see private members. */
export class Redacted<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return hidden;
  }
  toJSON(): string {
    return hidden;
  }
}
