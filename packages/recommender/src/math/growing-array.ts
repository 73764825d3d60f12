type Numbers = Float64Array | Float32Array | Int32Array

/** A typed array that grows while a file is read: a tenth of the memory of a list of numbers. */
export class GrowingArray<T extends Numbers> {
  #values: T
  #length = 0
  readonly #create: (length: number) => T

  /** @param create Makes the typed array: `(n) => new Int32Array(n)`. */
  constructor(create: (length: number) => T) {
    this.#create = create
    this.#values = create(1024)
  }

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#create(this.#length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  /** What was pushed, as a view. */
  finish(): T {
    return this.#values.subarray(0, this.#length) as T
  }
}
