/** Places of the `k` largest numbers, largest first; of equal ones the earlier first. -Infinity is never among them. */
export function largest(numbers: ArrayLike<number>, k: number): number[] {
  return largestInAnyOrder(numbers, k).sort((a, b) => (isWorse(numbers, a, b) ? 1 : -1))
}

/** The same places, not sorted. A heap of k numbers: one comparison for most of the numbers, however many there are. */
export function largestInAnyOrder(numbers: ArrayLike<number>, k: number): number[] {
  const heap: number[] = []
  let least = -Infinity
  for (let place = 0; place < numbers.length; place++) {
    const number = numbers[place] as number
    if (heap.length < k) {
      if (number === -Infinity) continue
      heap.push(place)
      siftUp(heap, numbers)
    } else if (number > least && k > 0) {
      heap[0] = place
      siftDown(heap, numbers)
    } else continue
    if (heap.length === k) least = numbers[heap[0] as number] as number
  }
  return heap
}

/** Whether the number at one place comes after that at another. */
function isWorse(numbers: ArrayLike<number>, a: number, b: number): boolean {
  const [x, y] = [numbers[a] as number, numbers[b] as number]
  return x === y ? a > b : x < y
}

/** Moves the last entry up to where its parent is worse. */
function siftUp(heap: number[], numbers: ArrayLike<number>): void {
  let child = heap.length - 1
  const entry = heap[child] as number
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!isWorse(numbers, entry, heap[parent] as number)) break
    heap[child] = heap[parent] as number
    child = parent
  }
  heap[child] = entry
}

/** Moves the first entry down to where its children are better. */
function siftDown(heap: number[], numbers: ArrayLike<number>): void {
  const entry = heap[0] as number
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isWorse(numbers, heap[child + 1] as number, heap[child] as number)) child++
    if (!isWorse(numbers, heap[child] as number, entry)) break
    heap[place] = heap[child] as number
    place = child
  }
  heap[place] = entry
}
