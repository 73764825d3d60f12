/** A file or bytes that are no ONNX model, or use a part of the format that is not supported. */
export class OnnxFormatError extends Error {
  override readonly name = 'OnnxFormatError'
  constructor(
    readonly source: string,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${source}: ${problem}. ${remedy}`, options)
  }
}

/** A model whose weights would not fit into memory; none of them has been read. */
export class ModelTooLargeError extends Error {
  override readonly name = 'ModelTooLargeError'
  constructor(
    readonly source: string,
    /** Bytes of the model with all its weights. */
    readonly size: number,
    /** Most that is read. */
    readonly limit: number,
  ) {
    const text = (bytes: number): string =>
      bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
    super(
      `${source}: the model has ${text(size)}, and at most ${text(limit)} can be loaded here. Take a smaller or a quantized one.`,
    )
  }
}

/** A graph that breaks a rule of the ONNX IR; every broken rule is listed. */
export class InvalidGraphError extends Error {
  override readonly name = 'InvalidGraphError'
  constructor(
    readonly graph: string,
    readonly problems: readonly string[],
  ) {
    super(`graph "${graph}" is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
  }
}

/** A graph edit that names a value, input or opset the graph does not have. */
export class GraphEditError extends Error {
  override readonly name = 'GraphEditError'
  constructor(
    readonly operation: string,
    readonly expected: string,
    readonly got: string,
    readonly remedy: string,
  ) {
    super(`${operation}: expected ${expected}, got ${got}. ${remedy}`)
  }
}

/** A tensor whose data does not fit its type or shape. */
export class TensorError extends Error {
  override readonly name = 'TensorError'
  constructor(
    readonly tensor: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`${tensor}: expected ${expected}, got ${got}`)
  }
}

/** Input tensors that do not fit a session's inputs. */
export class FeedError extends Error {
  override readonly name = 'FeedError'
  constructor(
    readonly session: string,
    readonly input: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`session "${session}", input "${input}": expected ${expected}, got ${got}`)
  }
}

/** An option of a session that has no meaning. */
export class SessionOptionError extends Error {
  override readonly name = 'SessionOptionError'
  constructor(
    readonly session: string,
    readonly option: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`session "${session}", ${option}: expected ${expected}, got ${got}`)
  }
}

/** An option of training that has no meaning. */
export class TrainingOptionError extends Error {
  override readonly name = 'TrainingOptionError'
  constructor(
    readonly who: string,
    readonly option: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`${who}, ${option}: expected ${expected}, got ${got}`)
  }
}

/** A saved state of a training that does not fit the training it is put back into. */
export class TrainingStateError extends Error {
  override readonly name = 'TrainingStateError'
  constructor(
    readonly part: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`state of a training, "${part}": expected ${expected}, got ${got}. It was saved by another training.`)
  }
}

/** A loss or gradient became infinite or no number. The weights are back at the last ones that gave finite numbers. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError'
  constructor(
    /** The step that failed, from 0 on. */
    readonly step: number,
    readonly what: string,
    readonly value: number,
  ) {
    super(
      `training step ${step}: expected a finite ${what}, got ${value}. ` +
        'The weights are back where they gave finite numbers: lower the learning rate, or look for extreme inputs.',
    )
  }
}

/** onnxruntime could not load or run a graph. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  constructor(
    readonly session: string,
    readonly phase: 'load' | 'run',
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`session "${session}": onnxruntime could not ${phase} the graph: ${reason}`, { cause })
  }
}

/** An operator on the way from a parameter to the loss that has no derivative. */
export class NotDifferentiableError extends Error {
  override readonly name = 'NotDifferentiableError'
  /** With its domain, where it is not a standard one: `com.microsoft.MatMulNBits`. */
  readonly operator: string
  readonly node: string
  constructor(
    node: {
      readonly name: string
      readonly opType: string
      readonly domain: string
      readonly outputs: readonly string[]
    },
    readonly reason: string,
  ) {
    const operator = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`
    const title = node.name || node.outputs.find((name) => name !== '') || ''
    super(
      `node "${title}" (${operator}) has no derivative: ${reason}. Train only what comes after it, or export the network without it.`,
    )
    this.operator = operator
    this.node = title
  }
}

/** A loss or a parameter by which a graph cannot be differentiated. */
export class GradientError extends Error {
  override readonly name = 'GradientError'
  constructor(
    readonly value: string,
    readonly expected: string,
    readonly got: string,
    readonly remedy: string,
  ) {
    super(`differentiate, "${value}": expected ${expected}, got ${got}. ${remedy}`)
  }
}
