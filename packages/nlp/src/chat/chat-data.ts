import { Dataset } from '@headstart/core'
import { noScript, type ScriptInput } from './script.js'

/** What people write, labeled by what they mean by it, and what is said to that. */
export class ChatData extends Dataset<string> {
  /** Not checked against the intents yet: data to be measured on need no answers. */
  readonly script: ScriptInput

  constructor(
    examples: ConstructorParameters<typeof Dataset<string>>[0],
    { script = noScript, ...options }: ConstructorParameters<typeof Dataset<string>>[1] & { script?: ScriptInput } = {},
  ) {
    super(examples, options)
    this.script = script
  }
}

/**
 * Texts with their intents, and what is said to each: one answer, or several, which take turns.
 *
 *     chatData([{ text: 'When do you open?', intent: 'hours' }, ...], { answers: { hours: 'From 9 to 18.', ... } })
 *
 * @throws DataError where there are no texts, or intents whose names are empty or differ only by white space
 */
export function chatData(
  texts: readonly { readonly text: string; readonly intent: string }[],
  { name = 'texts', ...script }: ScriptInput & { readonly name?: string },
): ChatData {
  return new ChatData(
    texts.map(({ text, intent }) => ({ input: text, label: intent })),
    { name, script },
  )
}
