/** Numbers and counts, as people say them. */

export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`
}

/** A score: shares of a hundred, errors as they are, others as the field writes them. */
export function scored(score: { readonly measure: string; readonly value: number }): string {
  if (isError(score.measure)) return String(Number((-score.value).toPrecision(3)))
  if (isShare(score.measure)) return percent(score.value, 1)
  return score.value.toFixed(highestOf(score) === 1 ? 3 : 1)
}

/** Measures of the field go up to one, or up to a hundred. */
export function highestOf({ value }: { readonly value: number }): 1 | 100 {
  return value > 1 ? 100 : 1
}

/** What a column of scores is called: errors are shown as they are, the lower the better. */
export function measureInWords(measure: string): string {
  return isError(measure) ? 'mean error' : isShare(measure) && measure !== 'accuracy' ? 'all labels right' : measure
}

/** An error is measured as its negative. */
export function isError(measure: string): boolean {
  return measure.endsWith('negated')
}

export function isShare(measure: string): boolean {
  return measure === 'accuracy' || measure.startsWith('share of')
}

/** "1 example", "1,234 examples". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
}

/** "8 of 10". */
export function outOf(part: number, whole: number): string {
  return `${part.toLocaleString('en-US')} of ${whole.toLocaleString('en-US')}`
}

/** "0.4 s", "12 s", "3 min 20 s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** "just now", "4 minutes ago", "yesterday": for a list of what was done. */
export function ago(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${count(minutes, 'minute')} ago`
  if (minutes < 24 * 60) return `${count(Math.floor(minutes / 60), 'hour')} ago`
  return `${count(Math.floor(minutes / (24 * 60)), 'day')} ago`
}

/** As a sentence begins; names of the field stay as they are written: "chrF2". */
export function capitalized(words: string): string {
  return /^[a-z]+[A-Z]/.test(words) ? words : words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** Names as a sentence: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** At most so many characters, cut at a word where there is one near the end. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length)
  const space = cut.lastIndexOf(' ')
  return `${cut.slice(0, space > length * 0.6 ? space : length).trimEnd()}…`
}
