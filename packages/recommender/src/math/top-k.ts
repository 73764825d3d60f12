/** Places of the `k` largest numbers, largest first; of equal ones the earlier first. -Infinity is never among them. */
export function largest(numbers: ArrayLike<number>, k: number): number[] {
  return largestInAnyOrder(numbers, k).sort((a, b) => (isWorse(numbers, a, b) ? 1 : -1))
}

/** The same places, not sorted. A heap of k numbers: one comparison for most of the numbers, however many there are. */
function largestInAnyOrder(numbers: ArrayLike<number>, k: number): number[] {
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

let scratch = new Float64Array(1024)

/** The k-th largest of some numbers, k at most their count, and how many are above it (quickselect: Hoare, "Algorithm 65: find", 1961). */
export function kthLargest(numbers: Float64Array, k: number): { readonly least: number; readonly above: number } {
  if (scratch.length < numbers.length) scratch = new Float64Array(2 * numbers.length)
  scratch.set(numbers)
  const least = select(scratch, numbers.length, k - 1)
  let above = 0
  for (let place = 0; place < numbers.length; place++) if ((numbers[place] as number) > least) above++
  return { least, above }
}

/** Moves numbers until none before a place is smaller than the one there, and none behind it larger. Gives that one. */
function select(numbers: Float64Array, length: number, place: number): number {
  let [first, last] = [0, length - 1]
  while (first < last) {
    const pivot = numbers[(first + last) >> 1] as number
    let [low, high] = [first, last]
    while (low <= high) {
      while ((numbers[low] as number) > pivot) low++
      while ((numbers[high] as number) < pivot) high--
      if (low > high) break
      const swapped = numbers[low] as number
      numbers[low++] = numbers[high] as number
      numbers[high--] = swapped
    }
    if (place <= high) last = high
    else if (place >= low) first = low
    else break
  }
  return numbers[place] as number
}
