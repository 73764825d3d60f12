import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Ending } from './headstart.js'
import { openScene, type Scene } from './scene.js'

const [readme, dataPage] = await Promise.all(
  ['../README.md', '../../../docs/data.md'].map((file) => readFile(new URL(file, import.meta.url), 'utf8')),
)

/** Code blocks of a language. */
function blocks(language: string, page = readme ?? ''): string[] {
  return [...page.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, code]) => (name === language ? [code ?? ''] : []))
}

/** A folder that is worked in until the test is over. */
async function sceneToWorkIn(): Promise<Scene> {
  const scene = await openScene()
  const before = process.cwd()
  onTestFinished(async () => {
    process.chdir(before)
    await scene.remove()
  })
  process.chdir(join(scene.path('messages.csv'), '..'))
  return scene
}

/** Runs commands, a line each. */
async function run(scene: Scene, lines: readonly string[]): Promise<Ending[]> {
  const endings: Ending[] = []
  for (const line of lines) {
    const [program, ...args] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
    expect(program).toBe('headstart')
    endings.push(await scene.run(args))
  }
  return endings
}

describe('docs/data.md', () => {
  it('has commands that run as they stand', async () => {
    const scene = await sceneToWorkIn()
    await scene.run(['init', 'text'])
    const lines = blocks('sh', dataPage).flatMap((block) => block.trim().split('\n'))
    const endings = await run(scene, lines)
    expect(endings.map(({ code }) => code)).toEqual(lines.map(() => 0))
    expect(endings.at(-2)?.stdout).toContain('Trained on 179 examples')
    expect(await scene.names()).toEqual([
      'card.md',
      'check.html',
      'messages',
      'messages-model',
      'report.html',
      'suspects.csv',
      'why.html',
    ])
  })
})

describe('the README of the package', () => {
  it('has a file and commands that run as they stand', async () => {
    const scene = await sceneToWorkIn()
    await writeFile(scene.path('messages.csv'), blocks('csv').join(''))
    const endings = await run(
      scene,
      blocks('sh').flatMap((block) => block.trim().split('\n')),
    )
    expect(endings.map(({ code }) => code)).toEqual([0, 0])
    expect(endings[1]?.stdout).toMatch(/delivery[^]*payment/)
  })
})
