const withComma = /^[+-]?\d+,\d+$/
/** Thousands between points or commas, and what comes after the other sign. */
const grouped = /^[+-]?\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)$/

/** The number that a cell says: `4.5`, `4,5`, `1.234,50` and `1,234.50`; NaN where it says none. */
export function numberIn(text: string): number {
  const plain = Number(text)
  if (Number.isFinite(plain) && plain !== 0) return plain
  const cell = text.trim()
  if (plain === 0) return cell === '' ? Number.NaN : 0
  if (grouped.test(cell) && !/^[+-]?\d+,\d{3}$/.test(cell)) {
    const decimal = cell.lastIndexOf(',') > cell.lastIndexOf('.') && cell.includes('.') ? ',' : '.'
    return Number(cell.replaceAll(decimal === ',' ? '.' : ',', '').replace(decimal, '.'))
  }
  return withComma.test(cell) ? Number(cell.replace(',', '.')) : Number.NaN
}

/** The amount of a price, without its currency: `$9.99`, `9,50 €`, `1,250`; NaN where there is none. */
export function amountIn(text: string): number {
  const amount = text.replace(/^[^\d+.-]+|[^\d.]+$/g, '')
  return /^[+-]?\d{1,3},\d{3}$/.test(amount) ? Number(amount.replace(',', '')) : numberIn(amount)
}
