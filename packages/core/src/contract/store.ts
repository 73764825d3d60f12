/** Keeps what a frozen network computed: on disk (`FeatureCache`), or a service that machines share. */
export interface Store {
  /** The features of one namespace, such as one network with its weights and preprocessing. */
  namespace(id: string): Promise<StoredFeatures>
}

/** Features by key; a missing one is undefined. What cannot be kept is not an error. */
export interface StoredFeatures {
  getMany(keys: readonly string[]): Promise<readonly (Float32Array | undefined)[]>
  set(key: string, values: Float32Array): Promise<void>
  /** Resolves when all that was set is kept. */
  flush(): Promise<void>
}
