import { describe, expect, it } from 'vitest'
import { TensorOps, type TypedValue } from './tensor-ops.js'

/** What is needed of the nodes to compute a value, as text. */
function written(ops: TensorOps, value: TypedValue): string {
  const node = ops.nodes.find(({ outputs }) => outputs.includes(value.name))
  if (!node) return value.name
  const inputs = node.inputs.map((name) => written(ops, ops.values.get(name) as TypedValue))
  return `${node.opType}(${inputs.join(', ')})`
}

function over(...values: [string, ...number[]][]): [TensorOps, ...TypedValue[]] {
  const known = values.map(([name, ...dims]): TypedValue => ({ name, type: 'float32', dims }))
  return [
    new TensorOps(new Set(known.map(({ name }) => name)), new Map(known.map((value) => [value.name, value]))),
    ...known,
  ]
}

describe('TensorOps', () => {
  it('writes the same node once', () => {
    const [ops, x] = over(['x', 2, 3]) as [TensorOps, TypedValue]
    expect(ops.unary('Exp', x)).toBe(ops.unary('Exp', x))
    expect(ops.nodes).toHaveLength(1)
    ops.unary('Elu', x, { alpha: 1 })
    ops.unary('Elu', x, { alpha: 2 })
    expect(ops.nodes).toHaveLength(3)
  })

  it('does not write what changes nothing', () => {
    const [ops, x] = over(['x', 2, 3]) as [TensorOps, TypedValue]
    const same = [ops.reshape(x, [2, 3]), ops.transpose(x, [0, 1]), ops.expand(x, [2, 3]), ops.sumTo(x, [2, 3])]
    same.push(
      ops.mul(x, ops.scalar(1, x)),
      ops.slice(x, [{ axis: 0, start: 0, end: 2 }]),
      ops.pad(x, [0, 0, 0, 0]),
      ops.cast(x, 'float32'),
    )
    for (const value of same) expect(value).toBe(x)
    expect(ops.nodes).toHaveLength(0)
  })

  it('computes with numbers that are known', () => {
    const [ops, x] = over(['x', 2, 3]) as [TensorOps, TypedValue]
    const ones = ops.full(1, x)
    expect(ops.mul(ones, ops.scalar(3, x))).toMatchObject({ constant: 3, dims: [2, 3] })
    expect(ops.reduceSum(ones, [1])).toMatchObject({ constant: 3, dims: [2, 1] })
    expect(ops.sum([x, x, x]).name).toBe(ops.scale(x, 3).name)
  })

  it('broadcasts what was repeated', () => {
    const [ops, x, row] = over(['x', 2, 3], ['row', 1, 3]) as [TensorOps, TypedValue, TypedValue]
    expect(written(ops, ops.mul(ops.expand(row, [2, 3]), x))).toBe('Mul(row, x)')
  })

  it('lets transpositions meet and cancel', () => {
    const [ops, x, bias] = over(['x', 2, 3, 4], ['bias', 2, 1, 1]) as [TensorOps, TypedValue, TypedValue]
    const turned = ops.transpose(x, [1, 0, 2])
    expect(turned.dims).toEqual([3, 2, 4])
    const sum = ops.add(ops.unary('Relu', turned), ops.reshape(bias, [1, 2, 1]))
    expect(sum.dims).toEqual([3, 2, 4])
    expect(written(ops, ops.transpose(sum, [1, 0, 2]))).toBe('Add(Relu(x), bias)')
    expect(ops.transpose(ops.transpose(x, [2, 0, 1]), [1, 2, 0])).toBe(x)
  })

  it('does not move two axes in one go, which is slow', () => {
    const [ops, x] = over(['x', 2, 3, 4]) as [TensorOps, TypedValue]
    const turned = ops.transpose(ops.transpose(x, [1, 2, 0]), [1, 0, 2])
    expect(turned.dims).toEqual([4, 3, 2])
    expect(written(ops, turned)).toBe('Transpose(Transpose(x))')
    expect(ops.transpose(turned, [2, 1, 0])).toBe(x)
  })

  it('does not transpose a large value for the sake of another', () => {
    const [ops, x, y] = over(['x', 2, 3, 4], ['y', 3, 2, 4]) as [TensorOps, TypedValue, TypedValue]
    expect(written(ops, ops.add(ops.transpose(x, [1, 0, 2]), y))).toBe('Add(Transpose(x), y)')
    ops.transpose(y, [1, 0, 2])
    expect(written(ops, ops.mul(ops.transpose(x, [1, 0, 2]), y))).toBe('Transpose(Mul(x, Transpose(y)))')
  })

  it('reduces a transposed value as it lies', () => {
    const [ops, x] = over(['x', 2, 3, 4]) as [TensorOps, TypedValue]
    const sum = ops.reduceSum(ops.transpose(x, [1, 0, 2]), [1, 2])
    expect(sum.dims).toEqual([3, 1, 1])
    expect(written(ops, sum)).not.toContain('Transpose')
  })

  it('multiplies transposed matrices as they lie, in single precision', () => {
    const [ops, a, b] = over(['a', 5, 3, 2], ['b', 5, 3, 4]) as [TensorOps, TypedValue, TypedValue]
    expect(written(ops, ops.matMul(a, b, { transA: true }))).toBe('FusedMatMul(a, b)')
    const double = (value: TypedValue): TypedValue => ({ ...value, type: 'float64' })
    expect(written(ops, ops.matMul(double(a), double(b), { transA: true }))).toBe('MatMul(Transpose(a), b)')
  })

  it('turns what is smaller before a product of many columns', () => {
    const [ops, a, b] = over(['a', 4, 3], ['b', 4, 256]) as [TensorOps, TypedValue, TypedValue]
    const turned = (name: string): string => `Reshape(Transpose(Reshape(${name}`
    expect(written(ops, ops.matMul(a, b, { transA: true }))).toContain(`MatMul(${turned('a')}`)
    const [more, wide, right] = over(['wide', 4096, 1024], ['right', 4096, 256]) as [TensorOps, TypedValue, TypedValue]
    const product = more.matMul(wide, right, { transA: true })
    expect(product.dims).toEqual([1024, 256])
    expect(written(more, product)).toContain(`Transpose(MatMul(${turned('right')}`)
    const [other, x, few] = over(['x', 4, 300], ['few', 4, 2]) as [TensorOps, TypedValue, TypedValue]
    expect(written(other, other.matMul(x, few, { transA: true }))).toBe('Gemm(x, few)')
  })

  it('keeps the names that are taken', () => {
    const [ops, x] = over(['Exp', 2]) as [TensorOps, TypedValue]
    expect(ops.unary('Exp', x).name).toBe('Exp_2')
    ops.scope = 'part/'
    expect(ops.unary('Neg', x).name).toBe('part/Neg')
  })
})
