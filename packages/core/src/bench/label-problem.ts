/** Why a text cannot be the name of a class, in words; undefined where it can. */
export function labelProblem(label: string): string | undefined {
  if (label.trim() === '') return 'nothing but white space'
  if (label !== label.trim()) return `${JSON.stringify(label)}, with white space around it`
  if (label.length > 200) return `${label.length} characters`
  if (/\p{Cc}/u.test(label)) return 'one with control characters'
  return undefined
}
