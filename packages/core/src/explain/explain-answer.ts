import { Session, tensor } from '@headstart/onnx'
import { type Backbone, isTunable } from '../contract/backbone.js'
import { DataError, OptionError } from '../contract/errors.js'
import type { Explanation, WeightedPart } from '../contract/explanation.js'
import type { Dissected } from '../contract/input-parts.js'
import { type Matrix, rowOf } from '../contract/matrix.js'
import type { ExplainAlso } from '../contract/trained.js'
import { computeFeatures } from '../features/cached-features.js'
import { readsForParts } from '../features/known-backbone.js'
import { type Head, headNames } from '../head/head.js'
import { resultsOf } from '../head/linear-results.js'
import { logitsName, withLogits } from '../head/logits.js'
import { coarser } from './coarser.js'
import { faithfulnessOf } from './faithfulness.js'
import { omission } from './omission.js'
import { type AnswerWeights, type Influences, influencesOf, type KnownExamples } from './influences.js'

/** Options of `Model.explain`. */
export interface ExplainOptions extends ExplainAlso {
  /** Whether to measure how faithful the explanation is. Default true. */
  readonly faithfulness?: boolean | undefined
  /** Training examples that are named, of either kind: the nearest, and the most influential. Default 5. */
  readonly examples?: number | undefined
  /**
   * How words are weighed: by leaving each out in turn, or by the gradient along the way from no word to the text (integrated gradients),
   * which takes a few dozen passes forth and back however long the text is, and is a little less faithful. Default: by leaving out where
   * there are at most 160 words; by gradients where there are more, if the network has them and nothing stands beside it. Else several
   * neighbors of a long text are one part.
   */
  readonly method?: 'omission' | 'integrated gradients' | undefined
  /** Seed of the random orders. Default 0. */
  readonly seed?: number | undefined
}

/** A model, as far as it is needed to explain an answer. */
export interface Explainable<Input> {
  readonly backbone: Backbone<Input>
  readonly head: Head
  /** Undefined where it keeps none. */
  readonly known: KnownExamples | undefined
}

/** Parts of which each is left out in turn: of a longer text several words are one. */
const mostOmitted = 160

/** What is found, and the picture of it. */
export interface Explained {
  readonly explanation: Explanation
  readonly overlay: (() => Promise<Uint8Array>) | undefined
}

/** How a network without parts of an input is asked, and how many of its answers an explanation took. */
interface Asker<Input> {
  features(inputs: readonly Input[]): Promise<Matrix>
  logits(features: Matrix): Promise<Matrix>
}

/**
 * Why a model answers as it does: the weight of each part of an input for the answer against the others, the training examples that it is
 * like and hangs on, and how faithful that is.
 *
 * Where features are means over the places of a picture and the head is linear, weights are those of the class activation map, in closed
 * form. Else each part is left out in turn, and its weight is how much the log-odds of the answer fall without it; of texts of some length the
 * weightiest again without those before them (see `omission`). Of long texts weights
 * are integrated gradients, which add up to how much higher the log-odds are than without any word.
 * @throws InputError for an input that cannot be read; OptionError for a label that the model does not know.
 * @throws DataError for a kind of input of which nothing is known of its parts.
 */
export async function explainAnswer<Input>(
  { backbone, head, known }: Explainable<Input>,
  input: Input,
  { label, faithfulness = true, examples = 5, method, seed = 0, signal, onEvent }: ExplainOptions = {},
): Promise<Explained> {
  const preprocessing = isTunable(backbone) ? backbone.preprocessing : undefined
  if (!isTunable(backbone) || !preprocessing?.dissect) {
    const expected = 'a backbone whose graph is at hand, of texts or pictures'
    throw new DataError(
      `explain, with "${backbone.id}"`,
      expected,
      `one of the kind ${backbone.modality}`,
      'Choose one.',
    )
  }
  const isNumber = head.kind === 'regression'
  const logitsGraph = isNumber ? head.graph : withLogits(head)
  await using logitsOf = await Session.create(logitsGraph)
  const logitsOutput = isNumber ? headNames.result.regression : logitsName
  const asker: Asker<Input> = {
    features: (inputs) => computeFeatures(backbone, inputs, { cache: undefined, signal }),
    async logits(features) {
      const feeds = { [headNames.features]: tensor('float32', [features.rows, features.columns], features.data) }
      const data = (await logitsOf.run(feeds))[logitsOutput]?.data as Float32Array
      return { rows: features.rows, columns: data.length / features.rows, data }
    },
  }
  const features = await asker.features([input])
  const logits = await asker.logits(features)
  const answer = answerOf(head, logits, label)

  const notes: string[] = []
  const whole = await preprocessing.dissect(input)
  const wholeHead = { graph: logitsGraph, features: headNames.features, output: logitsOutput }
  // Loaded where they are needed: a page that loads a model has no use for derivatives.
  const map =
    whole.overlay && isLinear(head)
      ? await (await import('./activation-map.js')).activationMap(backbone, input, wholeHead, answer)
      : undefined
  const tokens = map || method === 'omission' ? undefined : whole.tokens?.()
  const isKnown = readsForParts(preprocessing)
  const isLong = whole.parts.filter(({ read }) => read !== false).length > mostOmitted
  const wantsGradients = method === 'integrated gradients' || (isLong && !isKnown)
  const integrated =
    tokens && wantsGradients
      ? await (
          await import('./integrated-gradients.js')
        ).integratedGradients(backbone, input, tokens, wholeHead, answer, { signal })
      : undefined
  if (method === 'integrated gradients' && !integrated && !map)
    notes.push('The network has no gradient along an embedding of tokens: each part was left out in turn.')
  if (integrated && isKnown)
    notes.push('What stands beside the network was left as it is: it has no part in the weights.')
  const dissected: Dissected = map
    ? await preprocessing.dissect(input, map)
    : integrated
      ? whole
      : coarser(whole, mostOmitted)
  const isPicture = dissected.overlay !== undefined
  const unread = dissected.parts.filter(({ read }) => read === false).length
  if (unread > 0)
    notes.push(`${unread} of ${dissected.parts.length} parts lie behind what the network reads; they say nothing.`)
  const readable = [...dissected.parts.keys()].filter((part) => dissected.parts[part]?.read !== false)
  const valuesOf = async (kept: readonly (readonly boolean[])[], of: typeof valueOf): Promise<Float64Array> => {
    const results = await asker.logits(await asker.features(kept.map((some) => dissected.keep(some) as Input)))
    return Float64Array.from({ length: results.rows }, (_, row) => of(answer, rowOf(results, row)))
  }

  const useMap = map !== undefined && map.rows * map.columns === dissected.parts.length
  const weights = new Float64Array(dissected.parts.length)
  if (useMap) {
    weights.set(map.weights)
  } else if (integrated && tokens) {
    tokens.parts.forEach((part, token) => {
      if (part >= 0) weights[part] = (weights[part] as number) + (integrated.tokens[token] as number)
    })
  } else {
    const omitted = await omission(
      readable,
      weights.length,
      valueOf(answer, rowOf(logits, 0)),
      (kept) => valuesOf(kept, valueOf),
      { again: !isPicture },
    )
    weights.set(omitted)
  }

  if (readable.length === 0) notes.push('There is nothing in it that could be left out.')
  const parts = dissected.parts.map((part, at): WeightedPart => ({ ...part, weight: weights[at] as number }))
  const order = readable.toSorted((a, b) => (weights[b] as number) - (weights[a] as number))
  const measured =
    faithfulness && readable.length > 1
      ? await faithfulnessOf(
          order,
          parts.length,
          probabilityOf(answer, rowOf(logits, 0)),
          isPicture ? 'areas' : 'shares',
          seed,
          (kept) => valuesOf(kept, probabilityOf),
        )
      : null
  const influences: Influences =
    examples === 0
      ? { examples: [] }
      : known
        ? influencesOf(known, head, rowOf(features, 0), answer, examples)
        : {
            examples: [],
            note: 'The model keeps none of its training examples (option keep; on the command line: train --keep): which of them it goes by cannot be said.',
          }
  if (influences.note !== undefined) notes.push(influences.note)
  for (const message of notes) onEvent?.({ type: 'notice', message })
  return {
    explanation: {
      input: typeof input === 'string' ? input : null,
      label: answer.label,
      method: useMap ? 'activation map' : integrated ? 'integrated gradients' : isPicture ? 'occlusion' : 'omission',
      parts,
      examples: influences.examples,
      faithfulness: measured,
      notes,
    },
    overlay: dissected.overlay && (() => (dissected.overlay as NonNullable<typeof dissected.overlay>)([...weights])),
  }
}

/** Whether the logits of a head are linear in the features: two of its nodes say so. */
function isLinear({ graph }: Head): boolean {
  const nodes = graph.nodes.filter(({ opType }) => opType !== 'Identity')
  return nodes[0]?.opType === 'Gemm' && nodes.length <= 2
}

/** The answer that is explained: which logit, and what each of them counts. */
function answerOf({ kind, labels }: Head, logits: Matrix, asked: string | undefined): AnswerWeights {
  const row = rowOf(logits, 0)
  if (asked !== undefined && !labels.includes(asked)) {
    const known = labels
      .slice(0, 10)
      .map((name) => `"${name}"`)
      .join(', ')
    const expected =
      kind === 'regression' ? 'none: the model answers with a number' : `one that the model knows: ${known}`
    throw new OptionError('option "label"', expected, `"${asked}"`, 'Correct it, or leave it out.')
  }
  if (kind === 'regression') return { kind, column: 0, label: row[0] as number, direction: Float64Array.of(1) }
  const column = asked === undefined ? row.indexOf(Math.max(...row)) : labels.indexOf(asked)
  const label = labels[column] as string
  if (kind === 'multi-label')
    return { kind, column, label, direction: Float64Array.from(row, (_, k) => Number(k === column)) }
  // The derivative of log p / (1 - p): each other class counts by its share of what is left.
  const p = rowOf(resultsOf(kind, logits), 0)
  const rest = p.reduce((sum, value, k) => (k === column ? sum : sum + value), 0)
  const others = row.length - 1
  return {
    kind,
    column,
    label,
    direction: Float64Array.from(p, (value, k) => (k === column ? 1 : -(rest > 0 ? value / rest : 1 / others))),
  }
}

/** Log-odds of the answer, log p - log(1 - p) without rounding; or the number. */
function valueOf({ kind, column }: AnswerWeights, logits: Float32Array): number {
  const own = logits[column] as number
  if (kind !== 'classification') return own
  const others = [...logits].filter((_, k) => k !== column)
  const top = Math.max(...others)
  return own - top - Math.log(others.reduce((sum, z) => sum + Math.exp(z - top), 0))
}

/** Probability of the answer, or the number. */
function probabilityOf(answer: AnswerWeights, logits: Float32Array): number {
  const value = valueOf(answer, logits)
  return answer.kind === 'regression' ? value : 1 / (1 + Math.exp(-value))
}
