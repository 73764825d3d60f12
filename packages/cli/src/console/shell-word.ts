/** A word as it is typed in a shell: in double quotes where it needs them. */
export function shellWord(word: string): string {
  if (/^[\w./:\\@%+=,-]+$/.test(word)) return word
  return `"${word.replace(/["$`]|\\(?=["$`\\])/g, '\\$&')}"`
}
