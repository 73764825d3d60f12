import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, runHere, writeShop } from './program.js'

let [folder, shop] = ['', '']
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-recommendations-'))
  shop = await writeShop()
})
afterAll(() => Promise.all([folder, shop].map((path) => rm(path, { recursive: true, force: true }))))

/** A file with this in it. */
async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** NDCG@10 of each method in the printed table. */
function ndcgs(stdout: string): Record<string, number> {
  const rows = [...stdout.matchAll(/^([\w-]+)(?: \*)? +0\.\d{3} +(0\.\d{4}) /gm)]
  return Object.fromEntries(rows.map(([, method, figure]) => [method, Number(figure)]))
}

/** Enough where the method is not the point. */
const quick = ['ease-text']

/** What is recommended, best first, and because of what. */
function listOf(stdout: string): [item: string, reason: string][] {
  return [...stdout.matchAll(/^ *\d+\. (.+?) {2,}(.+)$/gm)].map(([, item = '', reason = '']) => [item, reason])
}

describe('the recommendations app', () => {
  it('completes lists far better than popularity does, and recommends for a project, with reasons', async () => {
    const project = await file('package.json', {
      name: 'x',
      devDependencies: { tape: '^5', eslint: '8', nosuchpackage: '1' },
    })
    const { stdout, stderr } = await run('--project', project)
    expect(stderr).toMatch(/^note: 1 of 3 items .* left out: "nosuchpackage"\.\n$/)
    const measured = ndcgs(stdout)
    expect(Object.keys(measured)).toEqual(
      expect.arrayContaining(['popularity', 'item-knn', 'ease', 'ease-text', 'als', 'frozen', 'fine-tuned']),
    )
    const { popularity = 1, ...others } = measured
    for (const figure of Object.values(others)) expect(figure).toBeGreaterThan(1.5 * popularity)

    const list = listOf(stdout)
    expect(list).toHaveLength(10)
    // What is developed with tape and eslint is, in these lists, mostly developed with these too.
    expect(list.map(([item]) => item)).toEqual(
      expect.arrayContaining(['@ljharb/eslint-config', 'nyc', 'auto-changelog']),
    )
    for (const [item, reason] of list) {
      expect(['tape', 'eslint']).not.toContain(item)
      expect(reason).toMatch(/^because of (tape|eslint)/)
    }
  })

  it("does the same with a shop of one's own", async () => {
    const { stdout, stderr } = await runHere(['--data', shop, '--history', 'c2, c4'])
    expect(stderr).toContain('timestamps in seconds')
    expect(stdout).toContain('Use ')
    const list = listOf(stdout)
    expect(
      list
        .slice(0, 3)
        .map(([item]) => item.slice(-2))
        .toSorted(),
    ).toEqual(['c1', 'c3', 'c5'])
    expect(list[0]?.[1]).toMatch(/^because of .*c[24]/)
    // As a line of CSV, and given twice. The method that was chosen is enough for the same list.
    const chosen = /^Use (\S+) /m.exec(stdout)?.slice(1)
    const twice = await runHere(['--data', shop, '--history', '"c2"', '--history', 'c4'], chosen)
    expect(listOf(twice.stdout)).toEqual(list)
    expect((await runHere(['--data', shop], quick)).stdout).toMatch(/list of the user u\d+\nIt has /)
  })

  it('recommends what is popular where it knows nothing of a history', async () => {
    const { stdout } = await runHere(['--data', shop, '--history', 'nosuchitem'], quick)
    expect(stdout).toContain('Nothing of it is known here')
    expect(listOf(stdout).map(([, reason]) => reason)).toEqual(Array.from({ length: 10 }, () => 'popular'))
  })

  it('says what is wrong with a request', async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runHere(args, quick)
      expect(code).toBe(2)
      return stderr
    }
    expect(await run('--shop', 'x')).toMatchObject({ code: 2 })
    expect(await refused('--shop', 'x')).toContain('Usage: main.js [--project PACKAGE.JSON')
    expect(await refused('--data', shop, '--history', '"c2')).toContain(
      'option --history: expected ids separated by commas, as a line of CSV, got "c2',
    )
    expect(await refused('--project', join(folder, 'none.json'))).toContain('got nothing of that name')
    expect(await refused('--project', await file('broken.json', '{'))).toContain('expected JSON, got')
    expect(await refused('--project', await file('list.json', '[]'))).toContain('expected an object, got []')
    expect(await refused('--project', await file('empty.json', {}))).toContain(
      'expected dependencies, devDependencies or peerDependencies, got none',
    )
    expect(await refused('--project', await file('some.json', {}), '--data', folder)).toContain(
      'Give --history with --data',
    )
    expect(await refused('--data', join(folder, 'none'))).toContain('got nothing of that name')
    expect(await refused('--serve', '--port', '70000')).toContain('expected a whole number from 0 to 65535')
  })
})
