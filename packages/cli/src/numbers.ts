import { InvalidArgumentError } from 'commander'

/** A flag's value as a number. */
export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.')
  return value
}

/** A flag's value as a whole number, from 0 on. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

/** A flag's value as whole numbers, separated by commas. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map((part) => wholeNumber(part.trim()))
}
