/** What Node.js has and the types of Node.js leave to those of browsers. */
interface WebAssemblyTypes {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> }
}

const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyTypes }).WebAssembly

/** A WebAssembly memory grows by such pages, up to 4 GB; larger matrices have several. */
const [pageBytes, mostBytes] = [65_536, 2 ** 30]

/** Bytes of a panel's column: four registers. */
const columnBytes = 64

type Floats = Float32Array | Float64Array

/**
 * Multiplies a vector by the rows of a matrix, those from `from` (a multiple of 16) to before `to`, or all. The products, one for
 * each of these rows, are a view that the next ones overwrite.
 */
export type RowProducts<T extends Floats> = (vector: ArrayLike<number>, from?: number, to?: number) => T

/**
 * Gives the products of all rows of a matrix with a vector, in the matrix's precision. JavaScript multiplies one number at a
 * time, so that it takes several times as long as reading the matrix; WebAssembly has instructions for as many as fill 16 bytes,
 * and gives the same bits on every machine. The matrix is copied into panels of 16 rows (8 in double precision), column by
 * column: it is read from one end to the other, and four registers of sums grow at a time, since each addition has to wait for
 * the one before.
 * @param data [rows, columns], row-major.
 */
export function rowProducts<T extends Floats>(data: T, columns: number): RowProducts<T> {
  const panelRows = columnBytes / data.BYTES_PER_ELEMENT
  const rows = data.length / columns
  const blockRows = Math.max(1, Math.floor(mostBytes / columns / columnBytes)) * panelRows
  if (rows <= blockRows) return blockProducts(data, columns)
  const blocks = Array.from({ length: Math.ceil(rows / blockRows) }, (_, block) => {
    return blockProducts(data.subarray(block * blockRows * columns, (block + 1) * blockRows * columns) as T, columns)
  })
  const products = floatsLike(data, rows)
  return (vector, from = 0, to = rows) => {
    blocks.forEach((multiply, block) => {
      const [first, end] = [Math.max(from - block * blockRows, 0), Math.min(to - block * blockRows, blockRows)]
      if (first < end) products.set(multiply(vector, first, end), block * blockRows + first)
    })
    return products.subarray(from, to) as T
  }
}

/** The same of a matrix that one memory holds. */
function blockProducts<T extends Floats>(data: T, columns: number): RowProducts<T> {
  const panelRows = columnBytes / data.BYTES_PER_ELEMENT
  const rows = data.length / columns
  const panels = Math.ceil(rows / panelRows)
  // Panels, then the products, then the vector.
  const productsAt = panels * columns * columnBytes
  const vectorAt = productsAt + panels * columnBytes
  const vectorEnd = vectorAt + columns * data.BYTES_PER_ELEMENT
  const memory = new Memory({ initial: Math.ceil(vectorEnd / pageBytes) })
  const copy = floatsLike(data, memory.buffer)
  for (let row = 0; row < rows; row++) {
    const start = (row - (row % panelRows)) * columns + (row % panelRows)
    for (let k = 0; k < columns; k++) copy[start + k * panelRows] = data[row * columns + k] as number
  }
  const { multiply } = new Instance(kernelOf(data), { js: { memory } }).exports as { multiply: Multiply }
  const [given, products] = [floatsLike(data, memory.buffer, vectorAt, columns), floatsLike(data, memory.buffer, productsAt, rows)]
  return (vector, from = 0, to = rows) => {
    given.set(vector)
    const [first, end] = [Math.floor(from / panelRows), Math.ceil(to / panelRows)]
    if (first < end) multiply(first * columns * columnBytes, vectorAt, vectorEnd, productsAt + first * columnBytes, productsAt + end * columnBytes)
    return from === 0 && to === rows ? products : (products.subarray(from, to) as T)
  }
}

function floatsLike<T extends Floats>(like: T, ...view: readonly [number] | readonly [ArrayBuffer, number?, number?]): T {
  return new (like.constructor as new (...view: readonly unknown[]) => T)(...view)
}

/** Places in bytes, of the first panel, the vector and the products. */
type Multiply = (panelAt: number, vectorAt: number, vectorEnd: number, productsAt: number, productsEnd: number) => void

const kernels = new Map<number, object>()

function kernelOf({ BYTES_PER_ELEMENT: bytes }: Floats): object {
  const kernel = kernels.get(bytes) ?? new Module(kernelBytes(bytes === 4 ? 'float32' : 'float64'))
  kernels.set(bytes, kernel)
  return kernel
}

/** Instructions of WebAssembly (core specification 2.0, section 5.4) that the kernel is made of. */
const op = {
  loop: [0x03, 0x40],
  end: [0x0b],
  drop: [0x1a],
  branchIf: (depth: number) => [0x0d, depth],
  get: (local: number) => [0x20, local],
  set: (local: number) => [0x21, local],
  tee: (local: number) => [0x22, local],
  // In two bytes of LEB128.
  i32: (value: number) => [0x41, (value & 0x7f) | 0x80, value >> 7],
  i32Add: [0x6a],
  i32Below: [0x49],
  // Aligned to 16 bytes, at an offset.
  load: (offset: number) => [0xfd, 0x00, 4, offset],
  store: (offset: number) => [0xfd, 0x0b, 4, offset],
  zeros: [0xfd, 0x0c, ...new Uint8Array(16)],
} as const

/** Those of the precisions; a splat is one number as often as a register holds it. */
const precisions = {
  float32: { bytes: 4, loadSplat: [0xfd, 0x09, 2, 0], add: [0xfd, 0xe4, 0x01], multiply: [0xfd, 0xe6, 0x01] },
  float64: { bytes: 8, loadSplat: [0xfd, 0x0a, 3, 0], add: [0xfd, 0xf0, 0x01], multiply: [0xfd, 0xf2, 0x01] },
} as const

/**
 *     for each panel:
 *       sums = 0
 *       for each number of the vector: sums += number · next column of the panel
 *       next products = sums
 */
function kernelBytes(precision: keyof typeof precisions): Uint8Array<ArrayBuffer> {
  const { bytes, loadSplat, add, multiply } = precisions[precision]
  const [panelAt, vectorAt, vectorEnd, productsAt, productsEnd, at, factor] = [0, 1, 2, 3, 4, 5, 6]
  const quarters = [0, 1, 2, 3].map((quarter) => ({ sum: factor + 1 + quarter, offset: 16 * quarter }))
  const advance = (local: number, by: number): number[] => [...op.get(local), ...op.i32(by), ...op.i32Add, ...op.tee(local)]
  const body = [
    ...op.loop,
    ...quarters.flatMap(({ sum }) => [...op.zeros, ...op.set(sum)]),
    ...op.get(vectorAt),
    ...op.set(at),
    ...op.loop,
    ...op.get(at),
    ...loadSplat,
    ...op.set(factor),
    ...quarters.flatMap(({ sum, offset }) => [
      ...op.get(sum),
      ...op.get(panelAt),
      ...op.load(offset),
      ...op.get(factor),
      ...multiply,
      ...add,
      ...op.set(sum),
    ]),
    ...advance(panelAt, columnBytes),
    // The panel's place is not compared with anything.
    ...op.drop,
    ...advance(at, bytes),
    ...op.get(vectorEnd),
    ...op.i32Below,
    ...op.branchIf(0),
    ...op.end,
    ...quarters.flatMap(({ sum, offset }) => [...op.get(productsAt), ...op.get(sum), ...op.store(offset)]),
    ...advance(productsAt, columnBytes),
    ...op.get(productsEnd),
    ...op.i32Below,
    ...op.branchIf(0),
    ...op.end,
    ...op.end,
  ]
  const [i32, v128] = [0x7f, 0x7b]
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)]
  return Uint8Array.from([
    0x00,
    ...Buffer.from('asm'),
    1,
    0,
    0,
    0,
    // One type of function: five whole numbers in, nothing out.
    ...section(1, [1, 0x60, 5, i32, i32, i32, i32, i32, 0]),
    ...section(2, [1, ...name('js'), ...name('memory'), 0x02, 0x00, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('multiply'), 0x00, 0]),
    // One more whole number and five registers of floats as locals.
    ...section(10, [1, ...sized([2, 1, i32, 5, v128, ...body])]),
  ])
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

/** After its length, in LEB128. */
function sized(content: readonly number[]): number[] {
  const length: number[] = []
  for (let rest = content.length; ; rest >>= 7) {
    if (rest < 0x80) return [...length, rest, ...content]
    length.push((rest & 0x7f) | 0x80)
  }
}
