/**
 * A moving average of weights over the steps of a training (Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging",
 * 1992), which is mostly better than the last ones. Its decay rises to the one that is given, as that of TensorFlow's
 * `ExponentialMovingAverage`, so that the weights of the start are soon forgotten:
 *
 *     d = min(decay, (1 + step) / (10 + step))
 *     average = d · average + (1 - d) · weights
 */
export class WeightAverage {
  readonly values: readonly Float32Array[]
  readonly #decay: number

  /** @param weights Those of the start. */
  constructor(weights: readonly Float32Array[], decay: number) {
    this.values = weights.map((one) => one.slice())
    this.#decay = decay
  }

  /** @param step How many were taken before. */
  add(weights: readonly Float32Array[], step: number): void {
    const kept = Math.min(this.#decay, (1 + step) / (10 + step))
    this.values.forEach((average, index) => {
      const now = weights[index] as Float32Array
      for (let i = 0; i < average.length; i++)
        average[i] = kept * (average[i] as number) + (1 - kept) * (now[i] as number)
    })
  }
}
