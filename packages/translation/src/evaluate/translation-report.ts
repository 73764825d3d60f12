import type { Interval, Shown } from '@headstart/core'
import { bootstrapIntervals, counted, shown, textTable } from '@headstart/core/kit'
import type { Pair } from '../data/pair.js'
import { bleu } from './bleu.js'
import { chrF2 } from './chrf.js'
import { keepsPlaceholders } from './kept-placeholders.js'
import { addedUp, type Metric } from './metric.js'

/** A figure from 0 to 100 with its 95 % interval, over resamples of the pairs. */
export interface TranslationFigure {
  readonly score: number
  readonly interval: Interval
}

/** What translations of one kind are worth. */
export interface TranslationFigures {
  /** 'translator', 'before', 'copied source'. */
  readonly method: string
  readonly chrf: TranslationFigure
  readonly bleu: TranslationFigure
  /** Characters of the translations for each of the references. */
  readonly lengthRatio: number
  /** Of the texts with placeholders, those whose translation has the same ones. */
  readonly placeholders: { readonly kept: number; readonly texts: number }
}

/** A translation that is far from its reference. */
export interface WorstTranslation extends Pair {
  readonly translation: string
  readonly chrf: number
}

/** Translations beside references. Plain JSON. */
export interface TranslationReport {
  readonly kind: 'translation'
  readonly pairs: number
  readonly rows: readonly TranslationFigures[]
  /** How the figures are computed, as sacreBLEU says it. */
  readonly signatures: { readonly chrf: string; readonly bleu: string }
  /** The translator's, the worst first. */
  readonly worst: readonly WorstTranslation[]
}

/** Number of translations that are shown as the worst. */
const shownWorst = 5

/**
 * Figures of translations beside the references, with bootstrap intervals, and beside other translations: those before adaptation,
 * the source itself.
 * @param translations By the name of the method; the first is the one that is reported on.
 */
export function reportTranslations(
  pairs: readonly Pair[],
  translations: readonly (readonly [method: string, texts: readonly string[]])[],
  seed = 0,
): TranslationReport & Shown {
  const rows = [...translations, ['copied source', pairs.map(({ source }) => source)] as const].map(([method, texts]) =>
    figuresOf(method, pairs, texts, seed),
  )
  const first = translations[0]?.[1] ?? []
  const worst = pairs
    .map((pair, index): WorstTranslation => {
      const translation = first[index] as string
      return { ...pair, translation, chrf: chrF2.score(chrF2.counts(translation, pair.target)) }
    })
    .sort((a, b) => a.chrf - b.chrf)
    .slice(0, shownWorst)
  const signatures = { chrf: chrF2.signature, bleu: bleu.signature }
  return shown({ kind: 'translation' as const, pairs: pairs.length, rows, signatures, worst }, sayReport)
}

function figuresOf(method: string, pairs: readonly Pair[], texts: readonly string[], seed: number): TranslationFigures {
  const countsBy = (metric: Metric) => texts.map((text, index) => metric.counts(text, pairs[index]?.target as string))
  const [chrfCounts, bleuCounts] = [countsBy(chrF2), countsBy(bleu)]
  const figures = {
    chrf: (weights?: ArrayLike<number>) => chrF2.score(addedUp(chrfCounts, weights)),
    bleu: (weights?: ArrayLike<number>) => bleu.score(addedUp(bleuCounts, weights)),
  }
  const intervals = bootstrapIntervals(pairs.length, figures, { seed })
  const kept = texts.flatMap((text, index) => keepsPlaceholders(pairs[index]?.source as string, text) ?? [])
  const characters = (all: readonly string[]): number => all.reduce((sum, text) => sum + [...text].length, 0)
  return {
    method,
    chrf: { score: figures.chrf(), interval: intervals.chrf },
    bleu: { score: figures.bleu(), interval: intervals.bleu },
    lengthRatio: characters(texts) / characters(pairs.map(({ target }) => target)),
    placeholders: { kept: kept.filter(Boolean).length, texts: kept.length },
  }
}

function sayReport({ pairs, rows, signatures, worst }: TranslationReport): string {
  const figure = ({ score, interval: [low, high] }: TranslationFigure): string =>
    `${score.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`
  const lines = rows.map(({ method, chrf, bleu: own, lengthRatio, placeholders: { kept, texts } }) => [
    method,
    figure(chrf),
    figure(own),
    lengthRatio.toFixed(2),
    texts === 0 ? '-' : `${kept} of ${texts}`,
  ])
  return [
    textTable([['', 'chrF2', 'BLEU', 'length', 'placeholders kept'], ...lines]),
    `${counted(pairs, 'pair')}; in brackets 95 % intervals; length is that of the translations for each character of the references.`,
    `chrF2: ${signatures.chrf}. BLEU: ${signatures.bleu}.`,
    'The worst translations:',
    ...worst.flatMap(({ source, target, translation, chrf }) => [
      `  ${chrf.toFixed(1)}  ${source}`,
      `        is      ${translation}`,
      `        should  ${target}`,
    ]),
  ].join('\n')
}
