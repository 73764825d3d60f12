/** A sentence without what the command line is told by a flag: in the page there are buttons. */
export function inPage(message: string): string {
  return message.replaceAll(/ \([^()]*--[a-z][^()]*\)/g, '')
}
