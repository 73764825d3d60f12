import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { encodeSegment, readPayloads, readSegmentIndex, type SegmentIndex } from './cache-segment.js'

const key = (n: number): string => n.toString(16).padStart(64, '0')
const features = new Map([
  [key(1), Float32Array.of(1, -2.5, 3e-40)],
  [key(2), new Float32Array(0)],
  [key(0xabc), Float32Array.of(0)],
  [key(3), new Float32Array(40_000).map((_, i) => i / 7)],
  [key(4), Float32Array.of(4).subarray(0, 1)],
])

let path = ''
beforeEach(async () => {
  path = join(await temporaryFolder(), 'x.segment')
  await writeFile(path, encodeSegment(features).bytes)
})

async function index(): Promise<SegmentIndex> {
  const index = await readSegmentIndex(path)
  return typeof index === 'string' ? expect.fail(index) : index
}

/** Turns one bit of the file. */
async function flip(position: number): Promise<void> {
  const bytes = await readFile(path)
  bytes.writeUInt8(bytes.readUInt8(position) ^ 4, position)
  await writeFile(path, bytes)
}

describe('segment', () => {
  it('is laid out as described', () => {
    const { bytes } = encodeSegment(new Map([[key(0xabc), Float32Array.of(1, 2)]]))
    const segment = Buffer.from(bytes)
    const payload = Buffer.from(Float32Array.of(1, 2).buffer)
    expect(segment.toString('latin1', 0, 4)).toBe('HSFC')
    expect([4, 8, 48, 52].map((at) => segment.readUInt32LE(at))).toEqual([1, 1, 2, crc32(payload)])
    expect(segment.toString('hex', 16, 48)).toBe(key(0xabc))
    expect(segment.subarray(56)).toEqual(payload)
    expect(segment.readUInt32LE(12)).toBe(crc32(Buffer.concat([segment.subarray(0, 12), segment.subarray(16, 56)])))
  })

  it('gives back what was written, in any order, as copies', async () => {
    const entries = await index()
    expect(entries).toEqual(encodeSegment(features).index)
    const asked = [key(4), key(1), key(3), key(2), key(0xabc), key(1)]
    const payloads = await readPayloads(
      path,
      asked.flatMap((key) => entries.get(key) ?? []),
    )
    expect(payloads).toEqual(asked.map((key) => features.get(key)))
    expect(payloads[1]?.buffer).not.toBe(payloads[5]?.buffer)
  })

  it('may be empty', async () => {
    await writeFile(path, encodeSegment(new Map()).bytes)
    expect(await index()).toEqual(new Map())
  })

  it('knows every damaged byte of header and index', async () => {
    const size = 16 + 40 * features.size
    for (let position = 0; position < size; position += 1) {
      await flip(position)
      // A segment of a later version is not ours to judge.
      const expected = position >= 4 && position < 8 ? 'other version' : 'damaged'
      expect(await readSegmentIndex(path), `byte ${position}`).toBe(expected)
      await flip(position)
    }
  })

  it('gives every payload but the damaged one', async () => {
    const entries = await index()
    await flip((entries.get(key(3))?.offset ?? 0) + 100)
    const payloads = await readPayloads(path, [...entries.values()])
    expect(payloads).toEqual([...features].map(([name, values]) => (name === key(3) ? undefined : values)))
  })

  it('knows a truncated or extended file, at any length', async () => {
    const whole = await readFile(path)
    for (const size of [0, 1, 3, 4, 10, 15, 16, 17, 100, 215, 216, 217, whole.length - 1]) {
      await truncate(path, size)
      expect(await readSegmentIndex(path), `${size} bytes`).toBe('damaged')
      await writeFile(path, whole)
    }
    await truncate(path, whole.length + 1)
    expect(await readSegmentIndex(path)).toBe('damaged')
  })

  it('reads no payload from where a file has been truncated since its index was read', async () => {
    const entries = await index()
    await truncate(path, (entries.get(key(3))?.offset ?? 0) + 1)
    const payloads = await readPayloads(path, [...entries.values()])
    expect(payloads.map((values) => values !== undefined)).toEqual([true, true, true, false, false])
  })

  it('does not trust an absurd number of entries', async () => {
    const garbage = Buffer.alloc(64, 0xff)
    garbage.write('HSFC', 'latin1')
    garbage.writeUInt32LE(1, 4)
    await writeFile(path, garbage)
    expect(await readSegmentIndex(path)).toBe('damaged')
  })
})
