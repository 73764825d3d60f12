import { describe, expect, it } from 'vitest'
import { tinyBackbone } from '../../test/tiny-backbone.js'
import { tinyDataset } from '../../test/tiny-data.js'
import type { TrainEvent } from '../contract/progress.js'
import { distill } from './distill.js'
import { fineTune } from './fine-tune.js'

const cache = false
const teacher = fineTune(tinyBackbone(), tinyDataset(20), { cache })
const { inputs } = tinyDataset(60, 5)

describe('distill', () => {
  it('gives a student that answers as the model does, and says how often', async () => {
    const events: TrainEvent[] = []
    const model = await teacher
    const student = await distill(model, tinyBackbone({ seed: 2 }), inputs, {
      agreement: 0.7,
      onEvent: (event) => events.push(event),
    })
    const agreement = student.recipe['agreement'] as number
    expect(agreement).toBeGreaterThan(0.7)
    const asked = tinyDataset(40, 9).inputs
    const [theirs, own] = await Promise.all([model.predict(asked), student.predict(asked)])
    const same = own.filter(({ label }, index) => label === theirs[index]?.label).length / asked.length
    expect(Math.abs(same - agreement)).toBeLessThan(0.12)
    expect(events).toContainEqual({
      type: 'notice',
      message: `The student says the same as the model for ${(100 * agreement).toFixed(1)} % of 180 inputs that were held out.`,
    })
    expect(student.describe().json['agreement']).toBe(agreement)
  })

  it('refuses a student that does not', async () => {
    const blind = { ...tinyBackbone(), fingerprint: 'blind' }
    const embed: typeof blind.embed = async ({ length }) => ({
      rows: length,
      columns: blind.featureSize,
      data: Float32Array.from({ length: length * blind.featureSize }, (_, i) => Math.sin(i * i)),
    })
    await expect(distill(await teacher, { ...blind, embed }, inputs)).rejects.toThrow(
      /expected the answers of the model for at least 90\.0 % of the inputs that were held out, got .* of 180\. Give more/,
    )
  })

  it('refuses few inputs, and shares that are none', async () => {
    await expect(distill(await teacher, tinyBackbone(), inputs.slice(0, 49))).rejects.toThrow(/at least 50 inputs/)
    await expect(distill(await teacher, tinyBackbone(), inputs, { agreement: 90 })).rejects.toThrow(
      /a share from 0 to 1/,
    )
  })
})
