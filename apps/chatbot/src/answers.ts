/** What the server of the page answers with, as JSON. */
import type { Reply } from '@headstart/nlp'

/** `POST /reply` with `{ text, context? }`. */
export interface ReplyAnswer {
  readonly reply: Reply
  /** Training texts that the text is most like. */
  readonly nearest: readonly { readonly text: string; readonly intent: string; readonly likeness: number }[]
}

/** `POST /correct` with `{ text, intent }`: the bot has learned the text. */
export interface CorrectAnswer {
  readonly milliseconds: number
  /** Texts that it knows now. */
  readonly texts: number
  /** What it says to the text now. */
  readonly answer: ReplyAnswer
}

/** What went wrong, with status 400. */
export interface Refusal {
  readonly error: string
}
