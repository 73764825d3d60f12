import { createRequire } from 'node:module'

/** What is used of node-nlp, which has no types. */
interface NlpManager {
  addDocument(language: string, text: string, intent: string): void
  train(): Promise<void>
  process(
    language: string,
    text: string,
  ): Promise<{ readonly classifications: readonly { readonly intent: string; readonly score: number }[] }>
}

/** What a text is taken for. */
export interface Taken {
  readonly intent: string
  /** How much it is of the kind that was learned: higher is more. */
  readonly score: number
}

/** The intent that it calls what it does not know. */
const none = 'None'

/** node-nlp (nlp.js of AXA), as its README trains it, without writing files: what it takes texts for. */
export async function nodeNlp(
  texts: readonly { readonly input: string; readonly label: string }[],
): Promise<(text: string) => Promise<Taken>> {
  const { NlpManager } = createRequire(import.meta.url)('node-nlp') as {
    readonly NlpManager: new (settings: object) => NlpManager
  }
  const manager = new NlpManager({ languages: ['en'], forceNER: false, autoSave: false, nlu: { log: false } })
  for (const { input, label } of texts) manager.addDocument('en', input, label)
  await manager.train()
  return async (text) => {
    const { classifications } = await manager.process('en', text)
    const scoreOf = (wanted: string): number => classifications.find(({ intent }) => intent === wanted)?.score ?? 0
    // What it would say if it had to say something; it is as sure of that as of its not being nothing.
    const best = classifications.filter(({ intent }) => intent !== none).toSorted((a, b) => b.score - a.score)[0]
    return { intent: best?.intent ?? none, score: (best?.score ?? 0) - scoreOf(none) }
  }
}
