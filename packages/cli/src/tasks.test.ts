import { describe, expect, it } from 'vitest'
import { tasks } from './tasks.js'

const entries = Object.values(tasks).flatMap(({ modality, backbones }) => backbones.map((entry) => ({ ...entry, modality })))

describe('tasks', () => {
  it.each(entries)('tells of $id what is true of it', async ({ id, modality, features, stages, load }) => {
    const backbone = await load()
    expect(backbone).toMatchObject({ id, modality, featureSize: features })
    expect(backbone.network.stages).toHaveLength(stages)
  })
})
