/**
 * A message of a library for somebody at a terminal: of an option that is also a flag the flag alone, so that "the option keep (on the
 * command line: --keep)" is "--keep".
 */
export function inFlags(message: string): string {
  return message
    .replace(/(?:\b(?:the )?options? [\w.]+(?: and [\w.]+)*|\bkind '[\w-]+') \(on the command line: ([^()]+)\)/g, '$1')
    .replace(/\((?:[^();]+; )?on the command line: ([^()]+)\)/g, '($1)')
}
