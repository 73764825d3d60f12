import { float32, type GraphBuilder, type Value } from '@headstart/onnx'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'

/** A row, seen from the center, as a vector of length 1; zero where it lies at the center. */
export function directionOf(row: Float32Array, center: Float64Array): Float64Array {
  const direction = new Float64Array(row.length)
  let squares = 0
  for (let column = 0; column < row.length; column++) {
    const value = (row[column] as number) - (center[column] as number)
    direction[column] = value
    squares += value * value
  }
  const length = Math.sqrt(squares) || 1
  for (let column = 0; column < row.length; column++) direction[column] = (direction[column] as number) / length
  return direction
}

/** `directionOf` each row, `[rows, columns]`. */
export function directionsOf(features: Matrix, center: Float64Array): Matrix {
  const directions = zeroMatrix(features.rows, features.columns)
  for (let row = 0; row < features.rows; row++) {
    rowOf(directions, row).set(directionOf(rowOf(features, row), center))
  }
  return directions
}

/**
 * The same as nodes of a head. The features of most networks lie in a narrow cone, in which all cosines are alike; seen from
 * their center they are not (Wang, Chao, Weinberger and van der Maaten, "SimpleShot", 2019, section 3.2, "CL2N").
 * @param features `[batch, featureSize]`
 * @param center `[featureSize]`; default: the origin.
 */
export function directionNodes(g: GraphBuilder, features: Value, center?: Float64Array): Value {
  const seen = center
    ? g.op('Sub', [features, g.weight('center', float32([center.length], Float32Array.from(center)))])
    : features
  const squares = g.op('ReduceSum', [g.op('Mul', [seen, seen]), g.ints([-1])], { keepdims: 1 })
  const length = g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-24)])])
  return g.op('Div', [seen, length])
}
