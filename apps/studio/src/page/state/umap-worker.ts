import { UMAP } from 'umap-js'

/** What the worker is asked: rows of components, and the seed of what is random. */
export interface UmapQuestion {
  /** [rows, columns] */
  readonly components: Float32Array
  readonly columns: number
  readonly seed: number
}

/** Where the points lie by now, [rows, 2], and how far the arranging is. */
export interface UmapAnswer {
  readonly points: Float32Array<ArrayBuffer>
  readonly share: number
}

/** A message more than thirty times a second would only be thrown away. */
const PAUSE = 33

self.addEventListener('message', ({ data: { components, columns, seed } }: MessageEvent<UmapQuestion>) => {
  const rows = Array.from({ length: components.length / columns }, (_, row) => [
    ...components.subarray(row * columns, (row + 1) * columns),
  ])
  const umap = new UMAP({ nComponents: 2, nNeighbors: Math.min(15, rows.length - 1), random: seeded(seed) })
  const epochs = umap.initializeFit(rows)
  let said = 0
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step()
    if (epoch < epochs && performance.now() - said < PAUSE) continue
    said = performance.now()
    const answer: UmapAnswer = { points: Float32Array.from(umap.getEmbedding().flat()), share: epoch / epochs }
    self.postMessage(answer, { transfer: [answer.points.buffer] })
  }
})

/** Mulberry32: the same map for the same data. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
