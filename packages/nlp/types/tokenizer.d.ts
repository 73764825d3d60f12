/** The tokenizer of `@tensorflow-models/universal-sentence-encoder`, bundled by the build without TensorFlow.js. */
declare const bundle: {
  readonly Tokenizer: new (vocabulary: readonly (readonly [piece: string, score: number])[]) => {
    /** The pieces with which a text begins, shortest first; its first character as id 0 where there is none. */
    readonly trie: {
      commonPrefixSearch(text: string): (readonly [symbols: readonly string[], score: number, id: number])[]
    }
  }
}
export default bundle
