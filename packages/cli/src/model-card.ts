import { basename, resolve } from 'node:path'
import type { JsonValue, Task, Trained } from '@headstart/core'
import { version } from './version.js'

/** A model card as Markdown (Mitchell et al., "Model Cards for Model Reporting", 2019), from what a model says of itself. */
export function modelCard<Data, Query, Answer>(
  folder: string,
  { name, verb, example }: Task<Data, Query, Answer>,
  trained: Trained<Data, Query, Answer>,
): string {
  const described = trained.describe()
  const text = described.text()
  // Longer than what stands in it.
  const fence = '`'.repeat(Math.max(2, ...[...text.matchAll(/`+/g)].map(([{ length }]) => length)) + 1)
  const facts = Object.entries(described.json).filter(([, value]) => isFact(value))
  return [
    `# ${basename(resolve(folder))}`,
    '',
    `A model for the task \`${name}\`, made with Headstart ${version}.`,
    '',
    '## What it is',
    '',
    '| | |',
    '|---|---|',
    ...facts.map(([key, value]) => `| ${key} | ${cell(value)} |`),
    '',
    '## How it came to be, and how good it is',
    '',
    fence,
    text,
    fence,
    '',
    '## How to use it',
    '',
    '```',
    `headstart ${verb} ${folder} ${example}`,
    '```',
    '',
  ].join('\n')
}

/** What fits a cell of a table. */
function isFact(value: JsonValue): boolean {
  return (
    value !== null &&
    (typeof value !== 'object' || (Array.isArray(value) && value.every((one) => typeof one !== 'object')))
  )
}

/** Nothing of it is markup: names of classes are those of whoever made the data. */
function cell(value: JsonValue): string {
  const text = Array.isArray(value) ? value.map(String).join(', ') : String(value)
  return text.replaceAll(/[\\`<[|]/g, '\\$&').replaceAll(/\s+/g, ' ')
}
