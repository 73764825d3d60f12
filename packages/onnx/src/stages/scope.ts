import type { Segment } from './main-path.js'

/** One numbered step of a scope: in `encoder.layer.3.attention` layer 3. */
export interface Level {
  /** What the number counts, without what was before: `encoder.layer`. */
  readonly family: string
  readonly number: number
  /** Number of parts of the scope up to here. */
  readonly end: number
}

/**
 * The scope that the nodes of a segment share, as its parts: `['encoder', 'layer', '3']`. Exporters name nodes after the
 * modules that they come from (`/encoder/layer.3/output/dense/MatMul`); where they do not, the weights may tell
 * (`encoder.layer.3.output.dense.weight`), unless these were renamed (`onnx::MatMul_123`).
 */
export function scopeOf({ nodes, weights }: Segment): readonly string[] {
  const ofNodes = nodes.flatMap(({ name }) => (name.includes('/') ? [parts(name.slice(0, name.lastIndexOf('/')))] : []))
  if (ofNodes.length > 0) return commonStart(ofNodes)
  return commonStart(weights.flatMap((name) => (/[./]/.test(name) ? [parts(name).slice(0, -1)] : [])))
}

/**
 * The next numbered step of a scope, from one of its parts on. A number stands alone (`layer.3`), or after one of the
 * words that count parts of networks (`layer3`, `encoder_layer_3`).
 */
export function levelAt(scope: readonly string[], from: number): Level | undefined {
  for (let place = from; place < scope.length; place++) {
    const [, word = '', digits] = /^(|.*(?:layer|block|stage)s?_?)(\d+)$/.exec(scope[place] ?? '') ?? []
    if (digits === undefined) continue
    const before = scope.slice(from, place)
    return { family: [...before, ...(word === '' ? [] : [word])].join('.'), number: Number(digits), end: place + 1 }
  }
  return undefined
}

/** The word for what a family counts: "layer" for `encoder.layers`. */
export function wordOf(family: string): string {
  const word = /(layer|block|stage)s?_?$/.exec(family)?.[1]
  return word ?? (family === 'h' || family.endsWith('.h') ? 'layer' : 'block')
}

/** `/blocks/blocks.0/blocks.0.1/conv` names each module with the ones around it, `/encoder/layer.0/dense` does not. */
function parts(path: string): string[] {
  const modules: string[] = []
  for (const module of path.split('/').filter((part) => part !== '')) {
    const last = modules.at(-1)
    if (last !== undefined && module.startsWith(`${last}.`)) modules.pop()
    modules.push(module)
  }
  return modules.flatMap((module) => module.split('.'))
}

function commonStart(scopes: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = scopes
  const end = first.findIndex((part, place) => others.some((other) => other[place] !== part))
  return end < 0 ? first : first.slice(0, end)
}
