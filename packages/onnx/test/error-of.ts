/** What an action throws, as `Name: message`. */
export async function errorOf(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    return String(error)
  }
  return 'nothing was thrown'
}
