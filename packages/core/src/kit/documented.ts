import type { Documented } from '../contract/trained.js'
import { shown } from './shown.js'

/** Figures that can be shown, as a page too: see `shown`. */
export function documented<Figures extends object>(
  figures: Figures,
  {
    text,
    page,
    json,
  }: {
    readonly text: (figures: Figures) => string
    readonly page: () => Promise<string>
    readonly json?: (figures: Figures) => object
  },
): Figures & Documented {
  return Object.defineProperties(shown(figures, text, json) as Figures & Documented, { page: { value: page } })
}
