/** The tokenizer of `@tensorflow-models/universal-sentence-encoder`, bundled by the build without TensorFlow.js. */
declare const bundle: {
  readonly Tokenizer: new (vocabulary: readonly (readonly [piece: string, score: number])[]) => {
    encode(text: string): number[]
  }
}
export default bundle
