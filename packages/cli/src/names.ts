import { InvalidArgumentError } from 'commander'

/** A flag's value as names, separated by commas. */
export function names(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.every((part) => part !== '')) return parts
  throw new InvalidArgumentError('Expected names, separated by commas.')
}
