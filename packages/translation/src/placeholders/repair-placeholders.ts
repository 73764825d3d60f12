import {
  comparePlaceholders,
  escaped,
  findPlaceholders,
  type PlaceholderOptions,
  wholeWord,
} from './find-placeholders.js'

/**
 * A target in which placeholders stand as in its source, as far as that can be told: those that came out with spaces or in other
 * case, one whose name was translated too, one that was said twice in a row.
 * @param source Placeholders of the source.
 */
export function repairPlaceholders(source: readonly string[], target: string, options: PlaceholderOptions): string {
  let repaired = target
  for (const one of comparePlaceholders(source, findPlaceholders(target, options)).missing) {
    // What stands there rightly is left alone.
    const others = findPlaceholders(repaired, options).filter((found) => source.includes(found))
    const pattern = new RegExp(`${[...others.map(escaped), `(${loose(one)})`].join('|')}`, 'giu')
    let isDone = false
    repaired = repaired.replaceAll(pattern, (found: string, ...rest: unknown[]) => {
      if (isDone || rest[0] === undefined) return found
      isDone = true
      return one
    })
  }
  const { missing, surplus } = comparePlaceholders(source, findPlaceholders(repaired, options))
  if (missing.length > 0 && missing.length === surplus.length) {
    const isAlike = missing.every((one, place) => kindOf(one) === kindOf(surplus[place] as string))
    if (isAlike) surplus.forEach((wrong, place) => (repaired = repaired.replace(wrong, () => missing[place] as string)))
  }
  if (missing.length === 0) {
    for (const one of surplus) {
      const twice = new RegExp(String.raw`(${escaped(one)})\s*${escaped(one)}`, 'u')
      if (source.includes(one)) repaired = repaired.replace(twice, '$1')
    }
  }
  return repaired
}

/**
 * A pattern of a placeholder that was taken apart: `{ 0 }`, `% s`, `< / b >`, other attributes of a tag. What is a part of a longer word is
 * none, nor is the sign of a percentage with the word after it: `100 % sicher` has no `%s`.
 */
function loose(placeholder: string): string {
  const tag = /^<(\/?)([\w:-]+)/.exec(placeholder)
  if (tag) return String.raw`<\s*${tag[1] ? String.raw`/\s*` : ''}${escaped(tag[2] ?? '')}(?![\w:-])[^<>]*>`
  const pieces = placeholder.match(/[\p{L}\p{N}_]+|[^\s]/gu) ?? []
  const isConversion = placeholder.startsWith('%') && placeholder !== '%%'
  return (isConversion ? String.raw`(?<!\p{N}\s?)` : '') + pieces.map(wholeWord).join(String.raw`\s*`)
}

/** What of one placeholder another of its kind shares. */
function kindOf(placeholder: string): string {
  return /^(\{\{|[$#%]\{|\{|<\/|<|%|&|\$t)/.exec(placeholder)?.[0] ?? placeholder
}
