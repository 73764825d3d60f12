import { type Fault, HeadstartError } from '@headstart/core'

/** What is wrong with a run or a queue: no Redis, two runs in one folder, a worker of another model. */
export class QueueError extends HeadstartError {
  override readonly name = 'QueueError'
  override readonly fault: Fault
  constructor(fault: Fault, who: string, expected: string, got: string, remedy: string, options?: ErrorOptions) {
    super(who, expected, got, remedy, options)
    this.fault = fault
  }
}
