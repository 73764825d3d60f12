import { HeadstartError } from '@headstart/core/load'

/** What a browser, or the page, is not able to do. */
export class BrowserError extends HeadstartError {
  override readonly name = 'BrowserError'
  override readonly fault = 'environment'
}
