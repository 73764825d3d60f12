import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openScene } from './scene.js'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

/** Code blocks of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, code]) =>
    name === language ? [code ?? ''] : [],
  )
}

describe('the README of the package', () => {
  it('has a file and commands that run as they stand', async () => {
    const scene = await openScene()
    const before = process.cwd()
    onTestFinished(async () => {
      process.chdir(before)
      await scene.remove()
    })
    await writeFile(scene.path('messages.csv'), blocks('csv').join(''))
    process.chdir(join(scene.path('messages.csv'), '..'))
    const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))
    const endings = []
    for (const command of commands) {
      const [program, ...args] = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
      expect(program).toBe('headstart')
      endings.push(await scene.run(args))
    }
    expect(endings.map(({ code }) => code)).toEqual([0, 0])
    expect(endings[1]?.stdout).toMatch(/delivery[^]*payment/)
  })
})
