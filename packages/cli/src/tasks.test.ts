import { describe, expect, it } from 'vitest'
import type { BackboneEntry } from './task.js'
import { tasks } from './tasks.js'

const entries = Object.values(tasks).flatMap(({ modality, backbones }) =>
  backbones.map((entry: BackboneEntry) => ({ ...entry, modality })),
)
const options = { signal: new AbortController().signal, onNotice: () => {}, onProgress: () => {}, forTuning: false }

describe('tasks', () => {
  it.each(entries.filter(({ parameters }) => parameters === undefined))(
    'tells of $id what is true of it',
    async ({ id, modality, features, stages, load }) => {
      const backbone = await load(options)
      expect(backbone).toMatchObject({ id, modality, featureSize: features })
      expect(backbone.network.stages).toHaveLength(stages)
    },
  )

  it('names each backbone once', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
  })
})
