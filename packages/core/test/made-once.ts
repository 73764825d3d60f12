/** What is made of the same options, such as JSON can hold, is made once where several tests look at it. */
export function madeOnce<Options, Made>(
  make: (options: Options) => Promise<Made>,
): (options: Options) => Promise<Made> {
  const made = new Map<string, Promise<Made>>()
  return (options) => {
    const key = JSON.stringify(options)
    const known = made.get(key) ?? make(options)
    made.set(key, known)
    return known
  }
}
