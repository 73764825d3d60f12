import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { random } from '@headstart/core/kit'
import { type RankingFigures, type RankingReport, readShop, startRun } from '@headstart/recommender'
import {
  backboneFrom,
  type BehaviorBackbone,
  baselineMethods,
  evaluateRanking,
  fineTunedMethod,
  frozenMethod,
  type Histories,
  leaveOneOut,
  type Material,
  positives,
  pretrain,
  pretrainingExamples,
  type RankingExamples,
  type Split,
  textSimilarity,
  tfIdf,
} from '@headstart/recommender/kit'
import { encodeModel } from '@headstart/onnx/kit'
import type { Benchmark, Figure } from './figure.js'

/** A shop of the benchmark. Beside: NDCG@10 of other implementations on the same files. */
interface Target {
  readonly name: string
  /** Shops of one family are about the same people and things. */
  readonly family: string
  /** Whether networks are pre-trained on it. */
  readonly isSource: boolean
  /** The best tuned baseline (EASE with texts, SASRec, item-kNN). */
  readonly baseline: number
  /** Boosted trees over features, trained on the shop itself. */
  readonly trees: number
  /** The least share of the baseline that the frozen network should reach. */
  readonly frozenShare?: number
  /** EASE with texts, cold items ranked among themselves, by a definition that is not known. */
  readonly cold?: number
  /** Whether its learning curve is measured. */
  readonly hasCurve?: boolean
}

const targets: readonly Target[] = [
  {
    name: 'amz-industrial',
    family: 'parts',
    isSource: false,
    baseline: 0.0786,
    trees: 0.0869,
    frozenShare: 1,
    cold: 0.0674,
    hasCurve: true,
  },
  { name: 'ml-latest-small', family: 'films', isSource: false, baseline: 0.044, trees: 0.0633, frozenShare: 0.95 },
  { name: 'completejourney-types', family: 'groceries', isSource: true, baseline: 0.0534, trees: 0.0529 },
  { name: 'online-retail-nextbasket', family: 'gifts', isSource: true, baseline: 0.0278, trees: 0.0246, cold: 0.2035 },
  { name: 'online-retail', family: 'gifts', isSource: true, baseline: 0.187, trees: 0.2154 },
  {
    name: 'movietweetings-100k',
    family: 'films',
    isSource: true,
    baseline: 0.0914,
    trees: 0.102,
    frozenShare: 1,
    cold: 0.0252,
    hasCurve: true,
  },
]

/** Items are cold that at most one user took; that nobody took are too few to measure by, five in one of the shops. */
const coldBelow = 2

/** Users that the shop of a learning curve has, and how many cases it is measured on. */
const [curveUsers, curveCases] = [[25, 50, 100, 200, 500], 1000]

/** Options of `recommendTransfer`. */
export interface TransferOptions {
  /** Networks by the family that they never saw, instead of pre-training them in the run. */
  readonly backbones?: ReadonlyMap<string, BehaviorBackbone> | undefined
  /** Names of the shops to measure. Default: all that the folder holds. */
  readonly only?: readonly string[] | undefined
  readonly onFigure?: ((figure: Figure) => void) | undefined
}

/**
 * What carries over: networks over features, pre-trained on the folder's shops but those of the target's family, as they are
 * and tuned on the target. Temporal leave-one-out over users with at least 5 positives, the full catalog ranked; the
 * test items are looked at once for each figure.
 */
export function recommendTransfer(
  folder: string,
  { backbones, only, onFigure = () => {} }: TransferOptions = {},
): Benchmark {
  return {
    title: `${basename(folder)}: NDCG@10 of a network over features that never saw the shop's family, frozen and fine-tuned`,
    async run() {
      const figures: Figure[] = []
      const present = targets.filter(({ name }) => existsSync(join(folder, name)) && (only?.includes(name) ?? true))
      const known = backbones ?? (await pretrainWithoutEach(folder))
      for (const target of present) {
        const backbone = known.get(target.family) ?? known.get('none')
        if (!backbone) continue
        for await (const figure of figuresOf(folder, target, backbone)) {
          figures.push(figure)
          onFigure(figure)
        }
      }
      return figures
    },
  }
}

/** A network for each family that never saw it, and one that saw all (`none`). */
async function pretrainWithoutEach(folder: string): Promise<Map<string, BehaviorBackbone>> {
  const examples = new Map<string, RankingExamples[]>()
  for (const { name, family } of targets.filter((target) => target.isSource && existsSync(join(folder, target.name)))) {
    const { histories, material } = await openShop(folder, name)
    examples.set(family, [
      ...(examples.get(family) ?? []),
      ...(await pretrainingExamples(name, histories, material.terms)),
    ])
  }
  const networks = new Map<string, BehaviorBackbone>()
  for (const left of [...examples.keys(), 'none']) {
    const families = [...examples]
      .filter(([family]) => family !== left)
      .map(([name, sets]) => ({ name, examples: sets }))
    networks.set(left, backboneFrom(`without ${left}`, encodeModel((await pretrain(families)).graph)))
  }
  return networks
}

async function openShop(folder: string, name: string): Promise<{ histories: Histories; material: Material }> {
  const { catalog, interactions } = await readShop(join(folder, name))
  const terms = tfIdf(catalog.texts())
  return {
    histories: positives(interactions, catalog.size, { minimum: 5 }),
    material: { catalog, terms, texts: terms },
  }
}

async function* figuresOf(folder: string, target: Target, backbone: BehaviorBackbone): AsyncGenerator<Figure> {
  const { name, baseline, trees, frozenShare, cold } = target
  const { histories, material } = await openShop(folder, name)
  const test = leaveOneOut(histories)
  const easeText = cold === undefined ? undefined : await easeTextReport(material, histories)
  const run = startRun()
  for (const method of [frozenMethod(backbone), fineTunedMethod(backbone)]) {
    const started = performance.now()
    const recommender = await method.fit(material, test.train, {}, run)
    const fitted = (performance.now() - started) / 1000
    const { ndcg, intervals, hitRate, coverage, coldItems } = await evaluateRanking(recommender, test, { coldBelow })
    const isFrozen = method.name === 'frozen'
    const least = isFrozen ? (frozenShare ?? 0) * baseline : Math.max(0.98 * baseline, trees)
    yield {
      what: `${name}, ${method.name}`,
      measured: ndcg.toFixed(4),
      ...(least > 0 && { target: `>= ${least.toFixed(4)}`, reached: ndcg >= least }),
      beside: [
        `95 % interval ${intervalOf({ intervals })}`,
        `best baseline ${baseline}`,
        `trees trained here ${trees}`,
        `HR@10 ${hitRate.toFixed(3)}`,
        `coverage ${coverage.toFixed(2)}`,
        `fitted in ${fitted.toFixed(0)} s`,
      ].join('; '),
    }
    if (!coldItems) continue
    const [among, others] = [coldItems.amongThemselves, easeText?.coldItems?.amongThemselves]
    yield {
      what: `${name}, ${method.name}, cold items among themselves`,
      measured: among.ndcg.toFixed(4),
      ...(others && { target: `>= ${others.ndcg.toFixed(4)}`, reached: among.ndcg >= others.ndcg }),
      beside: [
        `${among.cases} users`,
        `95 % interval ${intervalOf(among)}`,
        ...(others
          ? [
              `EASE with texts ${intervalOf(others)}; by another implementation ${cold}, whose definition of cold is not known`,
            ]
          : []),
      ].join('; '),
    }
  }
  if (target.hasCurve) yield* curveOf(name, material, histories, backbone)
}

function intervalOf({ intervals }: Pick<RankingFigures, 'intervals'>): string {
  return intervals.ndcg.map((end) => end.toFixed(4)).join(' to ')
}

/** EASE with texts of settings that validation chose, asked the same as the networks. */
async function easeTextReport(material: Material, histories: Histories): Promise<RankingReport | undefined> {
  const method = baselineMethods.find(({ name }) => name === 'ease-text')
  if (!method) return undefined
  const run = startRun()
  const { settings } = await method.choose(material, leaveOneOut(histories, 2), run)
  const test = leaveOneOut(histories)
  return evaluateRanking(await method.fit(material, test.train, settings, run), test, { coldBelow })
}

/** A shop with few users: everybody else is new to it, and is asked about. */
async function* curveOf(
  name: string,
  material: Material,
  histories: Histories,
  backbone: BehaviorBackbone,
): AsyncGenerator<Figure> {
  const { train, cases } = leaveOneOut(histories)
  const { shuffle } = random(0)
  const asked = shuffle(cases).slice(0, curveCases)
  const users = shuffle([...histories.users])
  for (const count of curveUsers) {
    const some = new Set(users.slice(0, count))
    const few: Split = {
      train: train.truncate(({ items }, place) => (some.has(train.users[place] as number) ? items.length : -1)),
      cases: asked,
    }
    const run = startRun()
    const others = await Promise.all(
      baselineMethods.map(async (method): Promise<[string, number]> => {
        const usual = (await method.choose(material, { train: few.train, cases: [] }, run)).settings
        return [method.name, (await evaluateRanking(await method.fit(material, few.train, usual, run), few)).ndcg]
      }),
    )
    others.push(['text', (await evaluateRanking(textSimilarity(material.terms), few)).ndcg])
    const frozen = await evaluateRanking(await frozenMethod(backbone).fit(material, few.train, {}, run), few)
    const most = Math.max(...others.map(([, ndcg]) => ndcg))
    yield {
      what: `${name}, frozen with ${count} users`,
      measured: frozen.ndcg.toFixed(4),
      target: `>= ${most.toFixed(4)}`,
      reached: frozen.ndcg >= most,
      beside: others.map(([method, ndcg]) => `${method} ${ndcg.toFixed(4)}`).join('; '),
    }
  }
}
