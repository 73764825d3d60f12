import { basename, dirname } from 'node:path'
import { env, pipeline } from '@huggingface/transformers'

/** What Transformers.js translates with a folder, one text by one, greedily. */
export async function originalTranslations(
  folder: string,
  texts: readonly string[],
  options: object = {},
): Promise<string[]> {
  env.allowRemoteModels = false
  env.localModelPath = dirname(folder)
  const translate = await pipeline('translation', basename(folder), { dtype: 'fp32' })
  try {
    const translations: string[] = []
    for (const text of texts) {
      // Its own bound: without, new tokens are 256 whatever the model says.
      const [one] = (await translate(text, { num_beams: 1, max_new_tokens: undefined, ...options } as never)) as {
        translation_text: string
      }[]
      translations.push(one?.translation_text ?? '')
    }
    return translations
  } finally {
    await translate.dispose()
  }
}
