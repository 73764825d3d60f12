import { expect, it } from 'vitest'
import { tinyBackbone } from '../../test/tiny-backbone.js'
import { describeNetwork } from './describe-network.js'

it('counts the parameters of each stage once', () => {
  const { network } = tinyBackbone()
  const embedding = { name: 'embedding', parameters: 27 * 8 }
  const dense = { name: 'dense', parameters: 8 * 8 + 8 }
  expect(describeNetwork(network)).toEqual({ parameters: 288, stages: [embedding, dense] })
})
