import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The examples in a language of a page of `docs`, in their order. */
export function docsExamples(page: string, language: string): string[] {
  const text = readFileSync(new URL(`docs/${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code)
}

/** The Python with these packages, where there is one. */
export function pythonWith(packages: readonly string[]): string | undefined {
  const { status } = spawnSync('python3', ['-c', `import ${packages.join(', ')}`])
  if (status === 0) return 'python3'
  console.warn(`Python examples of docs are left out: there is no python3 with ${packages.join(', ')}.`)
  return undefined
}

/** What a Python program prints, one JSON object a line. */
export function runPython(python: string, code: string, args: readonly string[]): object[] {
  const { stdout, stderr, status } = spawnSync(python, ['-c', code, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`python: ${stderr}`)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
}
