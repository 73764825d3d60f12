/**
 * Why Transformers.js does not translate with a translator's folder, as a sentence: it has one tokenizer for both sides.
 * @param files By their names.
 * @returns undefined where it does.
 */
export function transformersJsProblem(files: ReadonlyMap<string, unknown>): string | undefined {
  const why = files.has('target_vocab.json')
    ? 'its sides have a vocabulary each'
    : files.has('tokenizer.json')
      ? undefined
      : 'it has no tokenizer.json'
  return why && `Transformers.js does not translate with its folder: ${why}. Headstart does.`
}
