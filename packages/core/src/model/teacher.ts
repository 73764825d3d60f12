import type { Backbone } from '../contract/backbone.js'
import { OptionError } from '../contract/errors.js'
import type { RunOptions } from '../contract/progress.js'
import type { Kind, Target } from '../contract/target.js'
import type { Dataset } from '../data/dataset.js'
import type { Report, TrainingSummary } from '../evaluate/report.js'
import type { Head } from '../head/head.js'
import type { Trust } from '../trust/trust.js'
import type { ExtendOptions } from './extend-options.js'
import type { KeptExamples } from './kept-examples.js'
import type { Recipe } from './recipe.js'

/** What teaches a model more, and makes it forget: see `Model.extend` and `Model.forget`. */
export interface Teacher {
  extend<Input>(model: Taught<Input>, given: Dataset<Input, Target>, options: ExtendOptions): Promise<Learned<Input>>
  /** Whether labels of examples that are chosen by `nextRows` teach more than as many at random; undefined where that cannot be seen. */
  tryNext(model: Taught<never>, kept: KeptExamples, count: number, options: RunOptions): Promise<Tried | undefined>
  forget<Input>(model: Taught<Input>, inputs: readonly Input[], options: ExtendOptions): Promise<Learned<Input>>
}

/** What is needed of a model to teach it again. */
export interface Taught<Input> {
  readonly backbone: Backbone<Input>
  readonly kind: Kind
  readonly labels: readonly string[]
  readonly recipe: Recipe
  readonly kept: KeptExamples | undefined
  readonly validation: Report | undefined
  readonly trust: Trust
}

/** How much higher the score on held-out examples was with chosen labels than with as many at random. */
export interface Tried {
  readonly gain: number
  /** Half of its 95 % interval. */
  readonly margin: number
  readonly rounds: number
  readonly labels: number
}

/** What a model on the same network has learned then. */
export interface Learned<Input> {
  /** The network, or it with what stands beside it now. */
  readonly backbone: Backbone<Input>
  readonly head: Head
  /** The head of the network alone, where something stands beside it. */
  readonly alone?: Head | undefined
  readonly recipe: Recipe
  readonly training: TrainingSummary
  readonly trust: Trust
  readonly kept: KeptExamples
  readonly validation: () => Report | undefined
}

let teacher: Teacher | undefined

/** Training stands above what answers, and makes itself known where it is loaded. */
export function setTeacher(one: Teacher): void {
  teacher = one
}

/** @throws OptionError where models only answer, as in a browser. */
export function knownTeacher(): Teacher {
  if (teacher) return teacher
  const got = 'one where models only answer, such as a browser'
  throw new OptionError('model', 'a program that can train', got, 'Teach it in Node, with what trains it.')
}
