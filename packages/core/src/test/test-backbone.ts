import { describe, it } from 'vitest'
import { OptionError } from '../contract/errors.js'
import { backboneChecks } from './backbone-checks.js'
import type { BackboneCase, Check, TunableSubject } from './backbone-subject.js'
import { networkChecks } from './network-checks.js'

/**
 * The contract of `Backbone` and, where a loader is given, of `TunableBackbone`, as a vitest suite. The author of an
 * adapter calls it once, at the top level of a test file:
 *
 *     import { testBackbone } from '@headstart/core/test'
 *     import { universalSentenceEncoder } from '@headstart/nlp'
 *     import { sentencePieceLoader } from '@headstart/nlp/kit'
 *
 *     testBackbone('universalSentenceEncoder', {
 *       create: universalSentenceEncoder,
 *       inputs: ['', 'A fine film.', 'Do not buy this phone: its battery dies within the hour.'],
 *       loader: sentencePieceLoader,
 *     })
 *
 * @throws OptionError for fewer than two inputs.
 */
export function testBackbone<Input>(name: string, options: BackboneCase<Input>): void {
  const { create, inputs, loader, atol = 1e-5 } = options
  if (inputs.length < 2) {
    throw new OptionError('testBackbone', 'two or more inputs', String(inputs.length), 'Give some of different size.')
  }
  const checks: Record<string, Check<TunableSubject>> = { ...backboneChecks, ...(loader && networkChecks) }
  const make = async () => ({ backbone: await create(), again: await create(), inputs, loader, atol })
  let subject: ReturnType<typeof make> | undefined
  describe(`${name} as a backbone`, () => {
    // Where the loader is missing, so are the checks that need more than a `Backbone`.
    it.each(Object.entries(checks))('%s', async (_, expectKept) => {
      await expectKept((await (subject ??= make())) as TunableSubject)
    })
  })
}
