import { type Graph, GraphBuilder, Session, tensor } from '@headstart/onnx'
import { type Matrix, type SparseMatrix, transposed } from '../contract/matrix.js'

/** Products of the rows of a matrix, from their mean, `[rows, rows]`, in float64. */
export async function productsOf({ rows, columns, data }: Matrix): Promise<Float64Array> {
  const session = await Session.create(productsGraph(), { spin: false })
  try {
    const { products } = await session.run({ rows: tensor('float32', [rows, columns], data) })
    return products?.data as Float64Array
  } finally {
    await session.close()
  }
}

function productsGraph(): Graph {
  const g = new GraphBuilder('products')
  const raw = g.op('Cast', [g.input('rows', 'float32', ['n', 'features'])], { to: 11 })
  const x = g.op('Sub', [raw, g.op('ReduceMean', [raw], { axes: [0], keepdims: 1 })])
  g.output('products', g.op('MatMul', [x, g.op('Transpose', [x], { perm: [1, 0] })]), 'float64', ['n', 'n'])
  return g.build()
}

/** Products of the rows of a matrix of mostly zeros, `[rows, rows]`: column by column those that have it. */
export function sparseProductsOf(matrix: SparseMatrix): Float64Array {
  const { rows } = matrix
  const { starts, places: having, values } = transposed(matrix)
  const products = new Float64Array(rows * rows)
  for (let column = 0; column < matrix.columns; column++) {
    const first = starts[column] as number
    for (let i = first; i < (starts[column + 1] as number); i++) {
      const from = (having[i] as number) * rows
      const value = values[i] as number
      for (let j = first; j <= i; j++) {
        const at = from + (having[j] as number)
        products[at] = (products[at] as number) + value * (values[j] as number)
      }
    }
  }
  for (let row = 0; row < rows; row++)
    for (let other = 0; other < row; other++) products[other * rows + row] = products[row * rows + other] as number
  return products
}
