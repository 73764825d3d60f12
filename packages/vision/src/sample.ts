import type { Sample } from '@headstart/core'
import { readAssets } from '@headstart/core/kit'
import type { ImageInput } from './preprocessing/image-input.js'

const files = {
  /** Paths and what lies there, in base64. */
  'pictures.json': () => new URL('../assets/drawings/pictures.json', import.meta.url),
  NOTICE: () => new URL('../assets/drawings/NOTICE', import.meta.url),
}

/** Small drawings of two classes, made by scripts/build-sample.ts. */
export const drawings: Sample<ImageInput> = {
  name: 'drawings',
  description: 'Small drawings of animals and of food, from Noto Emoji by Google (Apache-2.0).',
  async files() {
    const { 'pictures.json': pictures, ...rest } = Object.fromEntries(
      await readAssets('@headstart/vision', 'assets/drawings', files),
    )
    const listed = JSON.parse(new TextDecoder().decode(pictures)) as Record<string, string>
    const bytes = Object.entries(listed).map(([path, base64]) => [path, Buffer.from(base64, 'base64')] as const)
    return new Map<string, Uint8Array>([...bytes, ...Object.entries(rest)])
  },
  train: 'train',
  test: 'test',
  query: 'test/animal/otter.jpg',
  comparing: { shots: [16], methods: ['no-transfer', 'untrained', 'frozen'] },
}
