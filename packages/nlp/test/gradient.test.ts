import { checkGradient } from '@headstart/onnx/test'
import { type Tensors } from '@headstart/onnx'
import { whyNotDifferentiable } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { universalSentenceEncoder } from '../src/backbone/universal-sentence-encoder.js'

describe('the gradient of the Universal Sentence Encoder', () => {
  it('agrees with finite differences, by every weight of every stage', async () => {
    const { network, preprocessing } = await universalSentenceEncoder()
    const texts = ['The staff was friendly.', 'Never again', 'What a great film, I liked it!']
    const feeds: Tensors = preprocessing.collate(await Promise.all(texts.map((text) => preprocessing.prepare(text))))
    const by = [...network.graph.initializers.keys()].filter((name) => /\.(weight|bias)$|^embedding\//.test(name))
    expect(by).toHaveLength(30)
    await checkGradient(network.graph, feeds, { by, directions: 2 })
  })

  it('has nothing in the way, from any stage on', async () => {
    const { network } = await universalSentenceEncoder()
    const [output] = network.graph.outputs
    for (const stage of network.stages) {
      expect(whyNotDifferentiable(network.graph, [stage.output], output?.name ?? ''), stage.name).toEqual([])
    }
  })
})
