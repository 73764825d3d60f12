import { OptionError, random } from '@headstart/core/load'
import type { Histories, History } from './histories.js'

/** One question to a recommender: after this history, which item comes next? */
export interface Case {
  /** Number of the user in the interactions. */
  readonly user: number
  /** What the user took before; the target is not in it. */
  readonly history: History
  /** Number of the item that came next. */
  readonly target: number
  /** When it did. */
  readonly time: number
}

/** What a recommender may learn from, and what it is asked. Nothing that is asked can be known from `train`. */
export interface Split {
  readonly train: Histories
  readonly cases: readonly Case[]
}

/**
 * Temporal leave-one-out: of each user the last interaction is asked for, and learned from are those before it. With
 * `back` 2 the one before the last is asked for, and neither it nor the last is learned from: the validation to the test
 * of `back` 1. Further back it gives training targets that no fitted statistic has seen.
 * @param histories First occurrences only; users with at least 5 (`positives` with `minimum: 5`) by custom of the field.
 * @throws OptionError when `back` is no whole number from 1 on.
 */
export function leaveOneOut(histories: Histories, back = 1): Split {
  if (!Number.isInteger(back) || back < 1) {
    throw new OptionError(
      'leaveOneOut',
      'a whole number from 1 on for back',
      `${back}`,
      '1 asks for the last interaction.',
    )
  }
  const cases: Case[] = []
  for (let place = 0; place < histories.length; place++) {
    const length = histories.lengthOf(place) - back
    if (length < 1) continue
    const { items, times } = histories.at(place)
    cases.push({
      user: histories.users[place] as number,
      history: histories.first(place, length),
      target: items[length] as number,
      time: times[length] as number,
    })
  }
  return { train: histories.truncate(({ items }) => Math.max(items.length - back, 0)), cases }
}

/**
 * What is asked for: the last item of each user, or what each took first after one moment, that behind which the last tenth of all
 * interactions lies (`timeSplit`).
 */
export const splits = ['last', 'time'] as const
export type SplitBy = (typeof splits)[number]

/** The questions about users of whom something is known. */
export function knownUsers({ train, cases }: Split): Split {
  return { train, cases: cases.filter(({ history }) => history.items.length > 0) }
}

/** What is asked for, in words. */
export function askedFor(split: SplitBy = 'last'): string {
  return split === 'time'
    ? 'What each user took first in the last tenth of the interactions'
    : 'The last item of each user'
}

/** What is asked to choose by and to measure on. */
export interface HeldOut {
  readonly validation: Split
  readonly test: Split
}

/** Shares of the users that are asked to measure on, and up to which others are asked to choose by, where users have little. */
const [testShare, validationShare] = [0.2, 0.4]

/**
 * The last interaction of each user to measure on, the one before to choose by. Where users of two interactions are asked
 * about, as in sessions of two clicks, that would leave nothing to learn from: then the last one of a fifth of the users, drawn by the
 * seed, is measured on, that of another fifth is chosen by, and the others are learned from whole.
 * @param minimum Interactions of the users that are asked about.
 * @param split 'time': the questions to measure on come from the last tenth of the interactions, those to choose by from the tenth
 *   before, of users of whom something is known.
 */
export function heldOut(histories: Histories, minimum: number, seed: number, split: SplitBy = 'last'): HeldOut {
  if (split === 'time') {
    const test = timeSplit(histories)
    return { validation: knownUsers(timeSplit(test.train)), test: knownUsers(test) }
  }
  if (minimum > 2) return { validation: leaveOneOut(histories, 2), test: leaveOneOut(histories) }
  const places = random(seed).shuffle(Array.from(histories.users.keys()))
  const until = (share: number): ReadonlySet<number> =>
    new Set(places.slice(0, Math.ceil(share * places.length)).map((place) => histories.users[place] as number))
  const [tested, both] = [until(testShare), until(validationShare)]
  const { cases } = leaveOneOut(histories)
  const without = (held: ReadonlySet<number>): Histories =>
    histories.truncate(({ items }, place) => items.length - (held.has(histories.users[place] as number) ? 1 : 0))
  return {
    validation: { train: without(both), cases: cases.filter(({ user }) => both.has(user) && !tested.has(user)) },
    test: { train: without(tested), cases: cases.filter(({ user }) => tested.has(user)) },
  }
}

/**
 * Global time split (Ji et al., "A Critical Study on Data Leakage in Recommender System Offline Evaluation", 2023): learned
 * from is what all users did before one moment, asked for is what each took first after it. Users who came later have an
 * empty history: the cold ones.
 * @param share Share of the interactions that lie after the moment. Default: 0.1.
 * @throws OptionError when the share is not between 0 and 1.
 */
export function timeSplit(histories: Histories, share = 0.1): Split {
  if (!(share > 0 && share < 1)) {
    throw new OptionError(
      'timeSplit',
      'a share between 0 and 1',
      `${share}`,
      '0.1 asks for what came in the last tenth.',
    )
  }
  const moment = momentAt(histories, 1 - share)
  const before = (history: History): number => {
    const length = history.times.findIndex((time) => time >= moment)
    return length === -1 ? history.times.length : length
  }
  const cases: Case[] = []
  for (let place = 0; place < histories.length; place++) {
    const { items, times } = histories.at(place)
    const length = before({ items, times })
    if (length === items.length) continue
    const user = histories.users[place] as number
    cases.push({
      user,
      history: histories.first(place, length),
      target: items[length] as number,
      time: times[length] as number,
    })
  }
  return { train: histories.truncate(before), cases }
}

/** The time before which this share of the interactions lies. */
function momentAt(histories: Histories, share: number): number {
  const sorted = histories.times.toSorted()
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0
}
