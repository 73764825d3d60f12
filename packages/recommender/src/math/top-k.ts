/**
 * Places of the `k` largest numbers, largest first; of equal ones the earlier first. A heap of k numbers: one comparison
 * for most of the numbers, however many there are. -Infinity is never among them.
 */
export function largest(numbers: ArrayLike<number>, k: number): number[] {
  const heap: number[] = []
  const before = (a: number, b: number): boolean => {
    const [x, y] = [numbers[a] as number, numbers[b] as number]
    return x === y ? a > b : x < y
  }
  let least = -Infinity
  for (let place = 0; place < numbers.length; place++) {
    const number = numbers[place] as number
    if (heap.length < k) {
      if (number === -Infinity) continue
      heap.push(place)
      siftUp(heap, before)
    } else if (number > least && k > 0) {
      heap[0] = place
      siftDown(heap, before)
    } else continue
    if (heap.length === k) least = numbers[heap[0] as number] as number
  }
  return heap.sort((a, b) => (before(a, b) ? 1 : -1))
}

type Before = (a: number, b: number) => boolean

/** Moves the last entry up to where its parent comes before it. */
function siftUp(heap: number[], before: Before): void {
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!before(heap[child] as number, heap[parent] as number)) return
    swap(heap, child, parent)
    child = parent
  }
}

/** Moves the first entry down to where its children come after it. */
function siftDown(heap: number[], before: Before): void {
  let parent = 0
  for (;;) {
    let first = parent
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && before(heap[child] as number, heap[first] as number)) first = child
    }
    if (first === parent) return
    swap(heap, first, parent)
    parent = first
  }
}

function swap(heap: number[], a: number, b: number): void {
  ;[heap[a], heap[b]] = [heap[b] as number, heap[a] as number]
}
