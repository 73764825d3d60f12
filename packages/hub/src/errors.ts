import { type Fault, HeadstartError } from '@headstart/core'

/** A folder that does not hold what makes a backbone: no configuration, no tokenizer, no network, one of another kind. */
export class ModelFilesError extends HeadstartError {
  override readonly name = 'ModelFilesError'
  override readonly fault = 'input'
}

/** A published model that cannot be fetched: unknown, private, the hub out of reach, files that are not what was announced. */
export class HubError extends HeadstartError {
  override readonly name = 'HubError'
  override readonly fault: Fault
  constructor(fault: Fault, who: string, expected: string, got: string, remedy: string, options?: ErrorOptions) {
    super(who, expected, got, remedy, options)
    this.fault = fault
  }
}
