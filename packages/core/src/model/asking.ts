import * as z from 'zod'
import { OptionError } from '../contract/errors.js'
import type { RunOptions } from '../contract/progress.js'
import { step } from '../contract/step.js'
import type { Step } from '../contract/step.js'
import type { Unknown } from '../trust/refusal.js'

const isShare = (share: number): boolean => share > 0 && share < 1
const expected = { error: 'expected a share above 0 and below 1, such as 5% or 0.05' }
/** As a number, or typed: '5%'. */
const share = z
  .union([z.number(), z.string()])
  .transform((given) => (typeof given === 'number' ? given : shareOf(given)))
  .refine(isShare, expected)

function shareOf(text: string): number {
  const [, digits = '', percent = ''] = /^\s*([\d.]+)\s*(%?)\s*$/.exec(text) ?? []
  return digits === '' ? Number.NaN : Number(digits) / (percent === '' ? 1 : 100)
}

/** What can be asked of a model of labeled examples beside its answers. */
export const asking = z.object({
  unknown: share
    .optional()
    .describe('refuse what is not of the kind that was trained on; of what is so large a share may be refused: 5%'),
  confidence: share
    .optional()
    .describe(
      'with --unknown: no more than that share is refused, with this probability over the draw of the examples: 95%',
    ),
  coverage: share
    .optional()
    .describe('give the classes that hold the right one so often, or of numbers the interval: 0.9'),
})
/** How a model is asked; see `PredictOptions`. */
export interface Asking {
  readonly unknown?: Unknown | undefined
  readonly coverage?: number | undefined
}

/** `Trained.asks` of a model of labeled examples. */
export function askingStep<Input, Answer>(
  ask: (inputs: readonly Input[], options: Asking & RunOptions) => Promise<Answer[]>,
): Step<readonly Input[], Answer[]> {
  return step(
    asking,
    async (inputs: readonly Input[], { unknown: share, confidence, coverage }, { signal, onEvent }) => {
      if (confidence !== undefined && share === undefined) {
        const remedy = 'Give both, or leave it out.'
        throw new OptionError('option "confidence"', 'the share that it is about, option "unknown"', 'none', remedy)
      }
      const unknown = share === undefined || confidence === undefined ? share : { share, confidence }
      return ask(inputs, {
        ...(unknown !== undefined && { unknown }),
        ...(coverage !== undefined && { coverage }),
        signal,
        onEvent,
      })
    },
  )
}
