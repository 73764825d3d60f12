import type { JsonObject } from '../contract/backbone.js'
import type { Shown } from '../contract/trained.js'

/**
 * Figures that can be shown: beside what they hold, `json` and `text`, which neither `JSON.stringify` nor a copy sees.
 * @param json What programs are told, where that is not the figures as they are.
 */
export function shown<Figures extends object>(
  figures: Figures,
  text: (figures: Figures) => string,
  json: (figures: Figures) => object = (all) => all,
): Figures & Shown {
  return Object.defineProperties({ ...figures } as Figures & Shown, {
    json: { get: () => json(figures) as JsonObject },
    text: { value: () => text(figures) },
  })
}
