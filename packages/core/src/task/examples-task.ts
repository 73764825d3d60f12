import * as z from 'zod'
import type { Modality, TunableBackbone } from '../contract/backbone.js'
import { OptionError } from '../contract/errors.js'
import { knowledgeOf } from '../contract/knowledge.js'
import type { ModelFiles } from '../contract/model-files.js'
import type { Learner } from '../contract/learner.js'
import type { Run } from '../contract/run.js'
import type { Sample } from '../contract/sample.js'
import { step } from '../contract/step.js'
import type { Target } from '../contract/target.js'
import type { Asked, LoadOptions, Networks, Task } from '../contract/task.js'
import { exampleBench, type ExampleBenchParts } from '../bench/example-bench.js'
import { checkData } from '../check/check-data.js'
import { otherColumns } from '../check/other-columns.js'
import {
  backboneLearner,
  type ExampleLearner,
  frozenLearners,
  namesLearner,
  transferLearners,
} from '../compare/backbone-learner.js'
import { drawsPerClass } from '../compare/draws-per-class.js'
import { learningCurve } from '../compare/learning-curve.js'
import { Dataset } from '../data/dataset.js'
import { largeEnoughClasses } from '../data/large-enough-classes.js'
import { inspectDataset } from '../data/dataset-check.js'
import { type Columns, rowFormats } from '../data/table/index.js'
import { sayTrained } from '../fine-tune/fine-tune.js'
import type { FineTuneOptions } from '../fine-tune/fine-tune-options.js'
import { headMethodNames } from '../head/head-method-names.js'
import type { Answer } from '../model/answers.js'
import { asking } from '../model/asking.js'
import { isModelOf } from '../model/is-model-of.js'
import type { Model } from '../model/model.js'
import type { ZeroShotOptions } from '../model/zero-shot-model.js'
import { queriesIn } from './queries-in.js'

/** What differs between tasks of labeled examples: texts, pictures, rows of numbers. */
export interface ExamplesTaskParts<Input, Reading extends z.ZodObject, Network extends TunableBackbone<Input>> {
  readonly name: string
  readonly dataHelp: string
  /** What follows `headstart predict MODEL`, as an example. */
  readonly example: string
  readonly modality: Modality
  /** An input, from JSON; from the command line where it is a text. */
  readonly query: z.ZodType<Input>
  /** See `Task.fromBytes`. Default: no input is a file. */
  fromBytes?(bytes: Uint8Array): Input
  /** Options of reading that only this task has: the column of the text. */
  readonly reading: Reading
  read(path: string, options: z.output<Reading> & CommonReading & AsItIs, run: Run): Promise<Dataset<Input, Target>>
  /** Where inputs can lie without labels. Default: nowhere. */
  readonly queries?: {
    holds(word: string): Promise<boolean>
    /** See `Queries.apart`. */
    readonly apart?: boolean
    read(path: string, options: z.output<Reading> & CommonPlacing, run: Run): AsyncIterable<Asked<Input>>
  }
  readonly networks: Omit<Networks, 'open'> & {
    open(...args: Parameters<Networks['open']>): Promise<Network>
  }
  /** A learner that knows nothing beforehand: words of the examples alone, their pixels. */
  readonly noTransfer: ExampleLearner<Input>
  /** A model from the names of classes alone; undefined for a backbone that inputs cannot be compared with names by. */
  zeroShot?(
    backbone: Network,
    run: Run,
  ): ((labels: readonly string[], options?: ZeroShotOptions) => Promise<Model<Input, Target>>) | undefined
  /** What such a backbone is, and an example. */
  readonly zeroShotNeeds: string
  /** How people build up its data by hand. Default: elsewhere. */
  readonly bench?: ExampleBenchParts<Input> | undefined
  /** See `Task.adopts`. Default: none are. */
  adopts?(files: ModelFiles): Promise<boolean>
  load(files: ModelFiles, options?: LoadOptions): Promise<Model<Input, Target>>
  readonly sample?: Sample<Input> | undefined
  /** How its heads are trained, where not as others are. */
  readonly training?: Pick<FineTuneOptions, 'strength' | 'classWeight'>
  /** See `Task.distill`. Default: there is no student. */
  distill?(model: Model<Input, Target>, inputs: readonly Input[], run: Run): Promise<Model<Input, Target>>
}

const commonReading = z.object({
  labelColumn: z.string().optional().describe('column of the label (default: label, or a like name)'),
  groupColumn: z
    .string()
    .optional()
    .describe('column of what belongs together, such as a patient: never split between training and test'),
  format: z.enum(rowFormats).optional().describe('format of DATA where it is a file (default: from its ending)'),
  header: z.boolean().optional().describe('the first row of DATA names its columns (default: by what stands in it)'),
  encoding: z
    .string()
    .optional()
    .describe('encoding of DATA where it is a file, such as windows-1252 (default: UTF-8, or UTF-16 by its mark)'),
  columns: z
    .object({ input: z.string(), label: z.string() })
    .optional()
    .describe('columns of the data that a model learned from, which are taken where DATA has them and none are named')
    .meta({ ofModel: true }),
  kind: z
    .enum(['classification', 'multi-label', 'regression'])
    .default('classification')
    .describe('what a label is: one class, any number of them, or a number'),
})
type CommonReading = z.output<typeof commonReading>

const commonPlacing = commonReading.pick({ format: true, encoding: true, header: true, columns: true })
type CommonPlacing = z.output<typeof commonPlacing>

/** How data are read that are to be checked. */
export interface AsItIs {
  /** Nothing is left out or refused that `checkData` can say something about: pictures that cannot be read, names of classes. */
  readonly asItIs?: boolean | undefined
}

const names = z
  .array(z.string())
  .optional()
  .describe(
    'names of the classes, separated by commas, in place of DATA; with DATA what its labels are called: 0=bad,1=good',
  )
  .meta({ inPlaceOfData: true })

const aboveZero = { error: 'expected a number above 0' }
const positive = z.number(aboveZero).positive(aboveZero)
const whole = (least: number, or = '') => {
  const otherwise = { error: `expected a whole number from ${least} on${or}` }
  return z.int(otherwise).min(least, otherwise)
}

const backbone = z
  .string()
  .optional()
  .describe('pre-trained network: one of the list (see: headstart backbones), an id on the hub, or a folder')

/** How the last stages of a backbone are tuned. */
const tuning = z.object({
  unfreeze: z
    .union([z.literal('all'), whole(1, ', or all')], { error: 'expected a whole number from 1 on, or all' })
    .optional()
    .describe('tune the last n stages of the network as well, or all (see: headstart backbones)'),
  strategy: z.enum(['joint', 'contrastive']).optional().describe('how they are tuned (default: joint)'),
  lora: whole(1)
    .optional()
    .describe('tune low-rank updates of their matrices, of this rank, instead of all their weights'),
  epochs: whole(1).optional().describe('passes over the examples (default: by their number)'),
  learningRate: positive
    .optional()
    .describe('of the last stage (default: 0.0003, contrastive 0.00015; with --lora ten times that)'),
})

const training = z.object({
  backbone,
  labels: names,
  head: z.enum(headMethodNames).optional().describe('what is trained on the features (default: linear)'),
  device: z
    .array(z.string())
    .optional()
    .describe('where the network runs, in order of preference: cpu, cuda, ... (default: cpu)'),
  keep: z
    .boolean()
    .default(false)
    .describe('keep the features of the examples with the model, so that it can be extended'),
  knowledge: z
    .enum(['chosen', 'none'])
    .optional()
    .describe('what stands beside the network: what held-out examples gain by, or nothing (default: chosen)'),
  unlabelled: z
    .string()
    .optional()
    .describe('inputs without labels, which show which words are rare; used where held-out examples gain by it'),
  balanced: z.boolean().default(false).describe('weigh classes inversely to their frequency'),
  l2: positive.optional().describe('strength of the regularization (default: chosen by cross-validation)'),
  template: z
    .string()
    .optional()
    .describe('with --labels: the text that stands for a class, such as "This is about {label}."'),
  ...tuning.shape,
})

const foreseeing = z.object({
  more: whole(1).optional().describe('how many labels more are asked about (default: as many as there are)'),
  backbone,
  head: training.shape.head,
})

const methodNames = ['zero-shot', 'no-transfer', 'untrained', 'scratch', 'frozen', 'fine-tuned'] as const

const comparing = z.object({
  backbone,
  backbones: z
    .array(z.string())
    .min(2)
    .optional()
    .describe('several networks side by side, separated by commas, each frozen'),
  shots: z.array(whole(2)).min(1).default([8, 16, 64]).describe('examples per class, separated by commas'),
  seeds: whole(1).default(5).describe('random draws of the training examples'),
  methods: z
    .array(z.enum(methodNames))
    .optional()
    .describe(`some of ${methodNames.join(', ')}, separated by commas; scratch and fine-tuned take minutes`),
  test: z
    .string()
    .optional()
    .describe('measure on these examples (default: those that DATA set aside for it, else 30 % of them, held out)'),
  unseen: z.string().optional().describe('measure on these examples of a domain never trained on, too'),
  ...tuning.shape,
})

const checking = z.object({
  backbone,
  test: z
    .string()
    .optional()
    .describe('look for examples that are also in these (default: those that DATA set aside to measure on)'),
})

/** A task of labeled examples: a head on a frozen backbone, or one of which the last stages are tuned. */
export function examplesTask<Input, Reading extends z.ZodObject, Network extends TunableBackbone<Input>>(
  parts: ExamplesTaskParts<Input, Reading, Network>,
): Task<Dataset<Input, Target>, Input, Answer> {
  const { name, networks, noTransfer } = parts
  type Examples = Dataset<Input, Target>
  // The column of the input first: it is the one that is needed most.
  const reading = z.object({ ...parts.reading.shape, ...commonReading.shape })
  const readExamples = (path: string, options: object, run: Run): Promise<Examples> =>
    parts.read(path, reading.parse(options) as z.output<Reading> & CommonReading, run)

  const { queries } = parts
  const placing = z.object({ ...parts.reading.shape, ...commonPlacing.shape })

  const placed = queries && {
    holds: (word: string) => queries.holds(word),
    apart: queries.apart,
    ...step(placing, async (path: string, options, run: Run) =>
      queries.read(path, options as z.output<Reading> & CommonPlacing, run),
    ),
  }

  return {
    name,
    dataHelp: parts.dataHelp,
    verb: 'predict',
    example: parts.example,
    query: parts.query,
    ...(parts.fromBytes && { fromBytes: parts.fromBytes }),
    asking,
    queries: placed,
    networks: networks as Networks,
    opens: (manifest) => isModelOf(parts.modality, manifest),
    ...(parts.adopts && { adopts: parts.adopts }),
    load: (files, options) => parts.load(files, options),
    sample: parts.sample,
    ...(parts.bench && {
      bench: exampleBench<Input>(parts.bench, (path, kind, run) => readExamples(path, { kind }, run)),
    }),
    ...(parts.distill && {
      distill: (model, queries, run) =>
        parts.distill?.(model as Model<Input, Target>, queries, run) as Promise<Model<Input, Target>>,
    }),

    read: step(reading.extend({ labels: names }), async (path: string | undefined, options, run): Promise<Examples> => {
      const { labels } = options
      if (path === undefined && labels === undefined) {
        const remedy = 'Give the path of your data.'
        throw new OptionError('training data', 'labeled examples, or names of classes (--labels)', 'neither', remedy)
      }
      return path === undefined ? Dataset.ofLabels<Input, Target>(labels ?? []) : readExamples(path, options, run)
    }),

    train: step(
      training.extend(placing.shape),
      async (data: Examples, options, run): Promise<Learner<Examples, Model<Input, Target>>> => {
        const tuned = tuningOf(options)
        if (run.resume && !tuned) {
          const remedy = 'Give the flags of the tuning that was interrupted, such as --unfreeze.'
          throw new OptionError('option "resume"', 'a tuning to go on with', 'a head, which takes seconds', remedy)
        }
        const opened = await networks.open(options.backbone, run, { forTuning: tuned !== undefined })
        if (data.size === 0) return zeroShotLearner(opened, options, run)
        const { test } = data
        await inspectDataset(data, { contentKey: (input) => opened.contentKey(input), test, onEvent: run.onEvent })
        const unlabelled =
          options.unlabelled === undefined
            ? []
            : await queriesIn({ name, queries: placed }, options.unlabelled, { columns: data.columns, ...options }, run)
        const learner = backboneLearner<Input, Target>({
          name: tuned ? 'fine-tuned' : 'frozen',
          description: `${tuned ? 'fine-tuned' : 'frozen'} ${opened.id}`,
          options: {
            ...parts.training,
            ...tuned,
            ...(options.l2 !== undefined && { l2: options.l2 }),
            ...(options.head && { head: options.head }),
            ...(options.knowledge && { knowledge: options.knowledge }),
            ...(options.labels && { names: namesOf(data, options.labels) }),
            ...(options.device && { device: options.device }),
            ...(options.keep && { keep: true }),
            unlabelled,
            ...(options.balanced && { classWeight: 'balanced' }),
          },
          backbone: () => opened,
        })
        return {
          ...learner,
          async fit(examples, fitting) {
            // A strength that is given needs no examples held out.
            const enough = options.l2 === undefined ? largeEnoughClasses(examples, fitting) : examples
            const model = await learner.fit(enough, fitting)
            sayTrained(model, fitting)
            return model
          },
        }
      },
    ),

    curve: step(foreseeing, async (data: Examples, options, run) => {
      const opened = await networks.open(options.backbone, run)
      await inspectDataset(data, { contentKey: (input) => opened.contentKey(input), onEvent: run.onEvent })
      if (knowledgeOf(opened).length > 0) {
        const message =
          'The curve is that of the network alone. What training sets beside it, where held-out examples gain by that, is left out: models can be better than the curve says, above all with few examples.'
        run.onEvent?.({ type: 'notice', message })
      }
      const learner = backboneLearner<Input, Target>({
        name: 'frozen',
        description: `frozen ${opened.id}`,
        // What is known beside the network would be chosen anew for each of a hundred models.
        options: { knowledge: 'none', ...(options.head && { head: options.head }) },
        backbone: () => opened,
      })
      return learningCurve(learner, largeEnoughClasses(data, run), options, run)
    }),

    check: step(checking.extend(reading.shape), async (path: string, options, run) => {
      const readAsItIs = (from: string, columns?: Columns): Promise<Examples> =>
        parts.read(
          from,
          { ...(reading.parse({ columns, ...options }) as z.output<Reading> & CommonReading), asItIs: true },
          run,
        )
      const { backbone: id, test } = options as z.output<typeof checking>
      const data = await readAsItIs(path)
      const opened = await networks.open(id, run)
      return checkData<Input, Target>(opened, data, {
        ...run,
        test: test === undefined ? data.test : await readAsItIs(test, data.columns),
        columns: await otherColumns(path, options as z.output<typeof commonReading>, data, run),
      })
    }),

    compare: step(comparing.extend(reading.shape), async (data: Examples, options, run) => {
      const { shots, seeds, methods = methodNames } = options as z.output<typeof comparing>
      const wanted = new Set<string>(methods)
      const read = (path: unknown) =>
        typeof path === 'string' ? readExamples(path, { columns: data.columns, ...options }, run) : undefined
      const measured = async (path: unknown) => {
        const examples = await read(path)
        return examples?.test ?? examples
      }
      const [test, unseen] = [await measured(options['test']), await measured(options['unseen'])]
      const { backbones } = options as z.output<typeof comparing>
      if (backbones) {
        refuseBeside(backbones, options)
        const several = await Promise.all(backbones.map(async (id) => networks.open(id, run)))
        const [first] = several as unknown as readonly [Network]
        return {
          data,
          learners: frozenLearners<Input>(several, noTransfer),
          protocol: drawsPerClass<Input, Target>(first, { shots, draws: seeds, test, unseen }),
        }
      }
      const forTuning = wanted.has('scratch') || wanted.has('fine-tuned')
      const opened = await networks.open(options['backbone'] as string | undefined, run, { forTuning })
      const zeroShot = parts.zeroShot?.(opened, run)
      const learners: ExampleLearner<Input>[] = [
        ...(zeroShot ? [namesLearner(zeroShot)] : []),
        ...transferLearners(opened, noTransfer, tuningOf(options as z.output<typeof tuning>) ?? { strategy: 'joint' }),
      ]
      return {
        data,
        learners: learners.filter((learner) => wanted.has(learner.name)),
        protocol: drawsPerClass<Input, Target>(opened, {
          shots,
          draws: seeds,
          test,
          unseen,
          others: networks.listed.filter(
            (one) => one.id !== opened.id && one.parameters !== undefined && (one.suits?.(data.inputs) ?? true),
          ),
        }),
      }
    }),
  }

  function zeroShotLearner(opened: Network, { template }: z.output<typeof training>, run: Run): ExampleLearner<Input> {
    const zeroShot = parts.zeroShot?.(opened, run)
    if (zeroShot) return namesLearner((labels) => zeroShot(labels, { template }))
    throw new OptionError(
      'option "backbone"',
      `${parts.zeroShotNeeds}, to begin from names of classes`,
      `"${opened.id}"`,
      'Choose another backbone, or give labeled examples.',
    )
  }
}

/** What the labels of examples are called: `LABEL=name`; one that is named as it is needs no name. */
function namesOf({ labels }: Dataset<unknown, Target>, given: readonly string[]): Record<string, string> {
  const named = given.filter((one) => !labels.includes(one))
  return Object.fromEntries(
    named.map((one) => {
      const label = labels.find((label) => one.startsWith(`${label}=`) && one.length > label.length + 1)
      if (label !== undefined) return [label, one.slice(label.length + 1).trim()]
      const expected = `with examples what their labels are called, such as ${labels[0]}=name; they are ${labels.join(', ')}`
      throw new OptionError('option "labels"', expected, `"${one}"`, 'Correct it, or leave it out.')
    }),
  )
}

/** Several backbones are compared frozen: another one, methods or a tuning are asked for in vain. */
function refuseBeside(backbones: readonly string[], options: Readonly<Record<string, unknown>>): void {
  const twice = backbones.find((id, place) => backbones.indexOf(id) < place)
  if (twice !== undefined) {
    throw new OptionError('option "backbones"', 'different networks', `${twice} twice`, 'Name each once.')
  }
  const others = ['backbone', 'methods', ...Object.keys(tuning.shape)].filter((name) => options[name] !== undefined)
  if (others.length === 0) return
  const expected = 'networks that are compared frozen, beside the examples alone'
  throw new OptionError('option "backbones"', expected, `the option "${others[0]}" as well`, 'Leave one of them out.')
}

/** What is asked for of tuning; undefined where nothing is. Whoever says how to tune wants it tuned. */
function tuningOf({
  unfreeze,
  strategy,
  lora,
  epochs,
  learningRate,
}: z.output<typeof tuning>): FineTuneOptions | undefined {
  if ([unfreeze, strategy, lora, epochs, learningRate].every((option) => option === undefined)) return undefined
  return {
    strategy: strategy ?? 'joint',
    ...(unfreeze !== undefined && { unfreeze }),
    ...(lora !== undefined && { lora: { rank: lora } }),
    ...(epochs !== undefined && { epochs }),
    ...(learningRate !== undefined && { learningRate }),
  }
}
