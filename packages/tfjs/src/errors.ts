import { HeadstartError } from '@headstart/core'

/** A model.json that is none, of another format, or whose weights are missing, cut short or too long. */
export class TfjsFormatError extends HeadstartError {
  override readonly name = 'TfjsFormatError'
  override readonly fault = 'input'
}

/** Bytes that are no TensorFlow Lite model, or a damaged one. */
export class TfliteFormatError extends HeadstartError {
  override readonly name = 'TfliteFormatError'
  override readonly fault = 'input'
}

/** A node of a model (a layer, in one of the Keras format) and its operator (the layer's class). */
export interface UnknownOperator {
  readonly node: string
  readonly operator: string
}

/** Operators that cannot be written in ONNX by the importer; all that the wanted outputs need are listed. */
export class UnknownOperatorError extends HeadstartError {
  override readonly name = 'UnknownOperatorError'
  override readonly fault = 'input'
  constructor(
    model: string,
    readonly unknown: readonly UnknownOperator[],
  ) {
    super(
      model,
      'operators that the importer knows',
      unknown.map(({ node, operator }) => `${operator} (node "${node}")`).join(', '),
      'Name `outputs` before them or `inputs` behind them. Models of TensorFlow.js can be run with runTfjs.',
    )
  }
}

/** A node whose operator is known, used in a way that cannot be imported. */
export class NodeImportError extends HeadstartError {
  override readonly name = 'NodeImportError'
  override readonly fault = 'input'
  constructor(
    readonly node: string,
    readonly operator: string,
    expected: string,
    got: string,
    remedy = 'Name `outputs` that come before it. Models of TensorFlow.js can be run with runTfjs.',
  ) {
    super(`node "${node}" (${operator})`, expected, got, remedy)
  }
}

/** A package that runs TensorFlow.js models and is not installed. */
export class MissingPackageError extends HeadstartError {
  override readonly name = 'MissingPackageError'
  override readonly fault = 'environment'
  constructor(who: string, packages: readonly string[], options?: ErrorOptions) {
    super(
      who,
      `the packages ${packages.join(', ')}`,
      'not all of them',
      `Install them: npm install ${packages.join(' ')}`,
      options,
    )
  }
}
