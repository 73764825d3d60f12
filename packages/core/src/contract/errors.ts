import { type Fault, HeadstartError } from '@headstart/onnx'

export { type Fault, HeadstartError }

/** An option or argument outside its range. */
export class OptionError extends HeadstartError {
  override readonly name = 'OptionError'
  override readonly fault = 'input'
}

/** Examples that cannot be learned from or measured on. */
export class DataError extends HeadstartError {
  override readonly name = 'DataError'
  override readonly fault = 'input'
}

/**
 * One raw input that cannot be read: a damaged picture, a file that is gone. Whoever works on many inputs counts such
 * ones, lists them and goes on without them.
 */
export class InputError extends HeadstartError {
  override readonly name = 'InputError'
  override readonly fault = 'input'
}

/** A model folder that is missing, damaged, changed, of a newer format or of another task. */
export class ModelFolderError extends HeadstartError {
  override readonly name = 'ModelFolderError'
  override readonly fault = 'input'
}

/** A checkpoint that is damaged or of another tuning. */
export class CheckpointError extends HeadstartError {
  override readonly name = 'CheckpointError'
  override readonly fault = 'input'
}

/** A file that cannot be read or written: missing, not allowed, disk full. */
export class FileError extends HeadstartError {
  override readonly name = 'FileError'
  override readonly fault: Fault
  constructor(fault: Fault, who: string, expected: string, got: string, remedy: string, options?: ErrorOptions) {
    super(who, expected, got, remedy, options)
    this.fault = fault
  }
}
