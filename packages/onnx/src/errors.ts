import { type Fault, HeadstartError, reasonOf } from '@headstart/runtime/errors'

export { type Fault, HeadstartError, type HeadstartErrorOptions } from '@headstart/runtime/errors'

/** A file or bytes that are no ONNX model, or use a part of the format that is not supported. */
export class OnnxFormatError extends HeadstartError {
  override readonly name = 'OnnxFormatError'
  override readonly fault = 'input'
  constructor(
    readonly source: string,
    readonly problem: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    const message = `${source}: ${problem}. ${remedy}`
    super(source, 'an ONNX model', problem, remedy, { ...options, message })
  }
}

/** A model whose weights would not fit into memory; none of them has been read. */
export class ModelTooLargeError extends HeadstartError {
  override readonly name = 'ModelTooLargeError'
  override readonly fault = 'input'
  constructor(
    readonly source: string,
    /** Bytes of the model with all its weights. */
    readonly size: number,
    /** Most that is read. */
    readonly limit: number,
  ) {
    const text = (bytes: number): string =>
      bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
    const remedy = 'Take a smaller or a quantized one.'
    const message = `${source}: the model has ${text(size)}, and at most ${text(limit)} can be loaded here. ${remedy}`
    super(source, `a model of at most ${text(limit)}`, text(size), remedy, { message })
  }
}

/** A file that lies outside of the folder that it may be read from. */
export class FileOutsideError extends HeadstartError {
  override readonly name = 'FileOutsideError'
  override readonly fault = 'input'
  constructor(file: string, folder: string) {
    super(file, `a file inside "${folder}"`, 'a link to a place outside', 'Put the file itself there.')
  }
}

/** A graph that breaks a rule of the ONNX IR; every broken rule is listed. */
export class InvalidGraphError extends HeadstartError {
  override readonly name = 'InvalidGraphError'
  override readonly fault = 'input'
  constructor(
    readonly graph: string,
    readonly problems: readonly string[],
  ) {
    const message = `graph "${graph}" is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`
    super(`graph "${graph}"`, 'a graph by the rules of ONNX', problems.join('; '), '', { message })
  }
}

/** A training graph that computes something else than its network does. */
export class TrainingGraphError extends HeadstartError {
  override readonly name = 'TrainingGraphError'
  override readonly fault = 'program'
  constructor(
    readonly graph: string,
    /** Name of the output that differs. */
    readonly output: string,
    expected: string,
    got: string,
  ) {
    const remedy =
      'Nothing was trained. This is a fault of Headstart: report it, with the network; train its last layers alone.'
    super(`training graph of "${graph}", output "${output}"`, expected, got, remedy)
  }
}

/** A graph edit that names a value, input or opset the graph does not have. */
export class GraphEditError extends HeadstartError {
  override readonly name = 'GraphEditError'
  override readonly fault = 'input'
  constructor(
    readonly operation: string,
    expected: string,
    got: string,
    remedy: string,
  ) {
    super(operation, expected, got, remedy)
  }
}

/** A tensor whose data does not fit its type or shape. */
export class TensorError extends HeadstartError {
  override readonly name = 'TensorError'
  override readonly fault = 'input'
  constructor(
    readonly tensor: string,
    expected: string,
    got: string,
  ) {
    super(tensor, expected, got, '')
  }
}

/** Input tensors that do not fit a session's inputs. */
export class FeedError extends HeadstartError {
  override readonly name = 'FeedError'
  override readonly fault = 'input'
  constructor(
    readonly session: string,
    readonly input: string,
    expected: string,
    got: string,
  ) {
    super(`session "${session}", input "${input}"`, expected, got, '')
  }
}

/** An option of a session that has no meaning. */
export class SessionOptionError extends HeadstartError {
  override readonly name = 'SessionOptionError'
  override readonly fault = 'input'
  constructor(
    readonly session: string,
    readonly option: string,
    expected: string,
    got: string,
  ) {
    super(`session "${session}", ${option}`, expected, got, '')
  }
}

/** A device that a graph is to run on, and which is not there or does not take all of the graph. */
export class DeviceError extends HeadstartError {
  override readonly name = 'DeviceError'
  override readonly fault = 'environment'
  constructor(
    readonly session: string,
    expected: string,
    got: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`session "${session}", device`, expected, got, remedy, options)
  }
}

/** A session, or what holds one, that is used after it was closed. */
export class ClosedError extends HeadstartError {
  override readonly name = 'ClosedError'
  override readonly fault = 'program'
  constructor(who: string) {
    super(who, 'to be used before it is closed', 'a call after it', 'Close it last, or make a new one.')
  }
}

/** An option of training that has no meaning. */
export class TrainingOptionError extends HeadstartError {
  override readonly name = 'TrainingOptionError'
  override readonly fault = 'input'
  constructor(
    who: string,
    readonly option: string,
    expected: string,
    got: string,
  ) {
    super(`${who}, ${option}`, expected, got, '')
  }
}

/** A saved state of a training that does not fit the training it is put back into. */
export class TrainingStateError extends HeadstartError {
  override readonly name = 'TrainingStateError'
  override readonly fault = 'input'
  constructor(
    readonly part: string,
    expected: string,
    got: string,
  ) {
    super(`state of a training, "${part}"`, expected, got, 'It was saved by another training.')
  }
}

/** A loss or gradient became infinite or no number. The weights are back at the last ones that gave finite numbers. */
export class DivergedError extends HeadstartError {
  override readonly name = 'DivergedError'
  override readonly fault = 'input'
  constructor(
    /** The step that failed, from 0 on. */
    readonly step: number,
    readonly what: string,
    readonly value: number,
  ) {
    const remedy =
      'The weights are back where they gave finite numbers: lower the learning rate, or look for extreme inputs.'
    super(`training step ${step}`, `a finite ${what}`, String(value), remedy)
  }
}

/** The runtime could not load or run a graph. */
export class SessionError extends HeadstartError {
  override readonly name = 'SessionError'
  override readonly fault: Fault
  constructor(
    readonly session: string,
    readonly phase: 'load' | 'run',
    cause: unknown,
  ) {
    const reason = reasonOf(cause)
    const who = `session "${session}"`
    super(who, `a graph that onnxruntime can ${phase}`, reason, '', {
      cause,
      message: `${who}: onnxruntime could not ${phase} the graph: ${reason}`,
    })
    this.fault = /allocate memory|bad_alloc|bad allocation/i.test(reason) ? 'environment' : 'input'
  }
}

/** An operator on the way from a parameter to the loss that has no derivative. */
export class NotDifferentiableError extends HeadstartError {
  override readonly name = 'NotDifferentiableError'
  override readonly fault = 'input'
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
    const who = `node "${title}" (${operator})`
    const remedy = 'Train only what comes after it, or export the network without it.'
    super(who, 'a derivative', `none: ${reason}`, remedy, {
      message: `${who} has no derivative: ${reason}. ${remedy}`,
    })
    this.operator = operator
    this.node = title
  }
}

/** A loss or a parameter by which a graph cannot be differentiated. */
export class GradientError extends HeadstartError {
  override readonly name = 'GradientError'
  override readonly fault = 'input'
  constructor(
    readonly value: string,
    expected: string,
    got: string,
    remedy: string,
  ) {
    super(`differentiate, "${value}"`, expected, got, remedy)
  }
}
