import type { JsonObject } from './backbone.js'

/** What is said in JSON and in words: a report, a comparison. */
export interface Shown {
  readonly json: JsonObject
  /** For people, on a terminal: several lines. */
  text(): string
}

/** What can be shown as a page, too. */
export interface Documented extends Shown {
  /** A whole page of HTML, with all that it shows in it, and without scripts. */
  page(): Promise<string>
}
