import type { Translator } from '../contract.js'
import type { Languages } from '../data/pair.js'

/** What a translator translates from and to, where it says both; by the name of OPUS-MT, too. */
export function translationLanguages({
  id,
  languages: { from, to },
}: Pick<Translator, 'id' | 'languages'>): Languages | undefined {
  const [, source = from, target = to] = /opus-mt-([a-z]{2,3})-([a-z]{2,3})$/.exec(id) ?? []
  const [own, other] = [from ?? source, to ?? target]
  return own === undefined || other === undefined ? undefined : { source: own, target: other }
}
