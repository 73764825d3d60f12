import { join } from 'node:path'
import { OptionError, withLock } from '@headstart/core/kit'

const lockName = 'studio.lock'

/**
 * Takes a folder for this studio alone, for as long as it is open. What a killed one left is taken over.
 * @returns Lets it go.
 * @throws OptionError where another studio has it; FileError where nothing can be written.
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const waiting = new AbortController()
  let release = (): void => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  return new Promise((resolve, reject) => {
    const held = withLock(
      join(folder, lockName),
      () => {
        resolve(async () => {
          release()
          await held
        })
        return released
      },
      { signal: waiting.signal, onWait: () => waiting.abort() },
    )
    held.catch((error: unknown) => {
      const remedy = 'Use the page that is open, or end the other one first: two would undo what each other did.'
      const taken = new OptionError(folder, 'a folder that no other studio has open', 'one that another has', remedy)
      reject(waiting.signal.aborted ? taken : error)
    })
  })
}
