import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testTask } from '@headstart/core/test'
import { afterAll } from 'vitest'
import { imageTask } from '../src/task.js'
import { noise, writeFiles } from './pictures.js'

const folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const shades = { dark: 0.2, light: 0.9 }
const pictures = Object.entries(shades).flatMap(([shade, brightness]) =>
  Array.from({ length: 8 }, (_, seed) => [`${shade}/${seed}.png`, noise(seed, { brightness })] as const),
)
await writeFiles(folder, Object.fromEntries(pictures))

testTask(imageTask, {
  data: folder,
  comparing: { shots: [2], seeds: 2, methods: ['no-transfer', 'frozen'] },
  queries: [join(folder, 'dark/1.png'), join(folder, 'light/2.png')],
  unreadable: join(folder, 'none.png'),
})
