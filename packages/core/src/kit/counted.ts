/** How many there are of something: '1 example', '3 classes'. @param many Default: with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** The verb to that. */
export function are(count: number): 'is' | 'are' {
  return count === 1 ? 'is' : 'are'
}
