const heights = [...'▁▂▃▄▅▆▇█']

/** Numbers as a curve of block characters, the lowest at the bottom. */
export function sparkline(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const height = (value: number): number => Math.round(((value - low) / (high - low || 1)) * (heights.length - 1))
  return values.map((value) => heights[height(value)]).join('')
}
