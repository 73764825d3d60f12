/** A text and its translation. */
export interface Pair {
  readonly source: string
  readonly target: string
}

/** Texts of one language by their keys, each the path of names to it as JSON: `["menu","open"]`. */
export type Catalog = ReadonlyMap<string, string>

/** From which language into which, as tags: 'en', 'de', 'pt-BR'. */
export interface Languages {
  readonly source: string
  readonly target: string
}

/** What a translator learns from, or is measured on. */
export interface TranslationData {
  /** For messages, such as the path. */
  readonly name: string
  /** Where they are one table of sources and targets; empty beside catalogs. */
  readonly pairs: readonly Pair[]
  /** Where each language stands by itself: its texts, joined into pairs by their keys. */
  readonly catalogs?: ReadonlyMap<string, Catalog> | undefined
  /** Which of the catalogs are meant. Default: what the translator is for. */
  readonly languages?: Partial<Languages> | undefined
  /** Pairs that are set aside to measure on. */
  readonly test?: readonly Pair[] | undefined
  /** Pairs of another domain, to see what is forgotten. */
  readonly general?: readonly Pair[] | undefined
}
