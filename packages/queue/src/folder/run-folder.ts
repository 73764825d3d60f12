import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mostOfText, parseJsonText, readRegularFile, toFileError, writeFileAtomically } from '@headstart/core/kit'
import type * as z from 'zod'
import { QueueError } from '../contract/errors.js'
import { manifest, type Manifest, plan, type Plan, receipt, type Receipt } from '../contract/plan.js'

/*
 * The folder of a run:
 *
 *     plan.json       all of it, before its first row
 *     inputs.jsonl    queries, where they could not be read in parts
 *     shards/         a receipt for each shard that is done or set aside
 *     parts/          results, under names made of their content
 *     manifest.json   when all is done: shards with their hashes
 */
export const [planName, listName, manifestName] = ['plan.json', 'inputs.jsonl', 'manifest.json']
export const [shardsName, partsName] = ['shards', 'parts']

/** The plan of the run in a folder; undefined where there is none. */
export function readPlan(folder: string): Promise<Plan | undefined> {
  return readJson(join(folder, planName), plan)
}

/** The manifest of a finished run; undefined where it is not finished. */
export function readManifest(folder: string): Promise<Manifest | undefined> {
  return readJson(join(folder, manifestName), manifest)
}

/**
 * Puts the plan of a run into its folder, which no other run may have.
 * @throws QueueError where one has.
 */
export async function writePlan(folder: string, made: Plan): Promise<void> {
  try {
    // Of two at once one is refused.
    await writeFile(join(folder, planName), JSON.stringify(made), { flag: 'wx', flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(folder)
    throw toFileError(error, folder, 'write')
  }
}

/** Whoever begins a run where one is. */
export function taken(folder: string): QueueError {
  const remedy = 'Go on with it (resume: true; on the command line: --resume), or choose another folder.'
  return new QueueError('input', folder, 'a folder without a run', 'one that has a run', remedy)
}

/** What became of a shard is written last of all: with its receipt it is done. */
export async function writeReceipt(folder: string, done: Receipt): Promise<void> {
  await writeFileAtomically(join(folder, shardsName, `${done.index}.json`), encoded(done))
}

/** What became of a shard of a run; undefined where nobody did it. */
export async function readReceipt(folder: string, run: string, index: number): Promise<Receipt | undefined> {
  const found = await readJson(join(folder, shardsName, `${index}.json`), receipt)
  return found?.run === run ? found : undefined
}

/** The receipt of a shard that is set aside, or done with its result in place. */
export async function readDone(folder: string, run: string, index: number): Promise<Receipt | undefined> {
  const found = await readReceipt(folder, run, index)
  return found && (found.setAside !== undefined || (await hasPart(folder, found))) ? found : undefined
}

/** Numbers of the shards that have receipts. */
export async function receiptsIn(folder: string): Promise<number[]> {
  const names = await readdir(join(folder, shardsName)).catch(() => [] as string[])
  return names.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
}

/** Whether the result of a receipt lies there, whole as far as its size tells. */
export async function hasPart(folder: string, { file, bytes }: Receipt): Promise<boolean> {
  if (file === undefined) return false
  const found = await stat(join(folder, partsName, file)).catch(() => undefined)
  return found?.size === bytes
}

/** Ends a run: all of it in one file. */
export async function writeManifest(
  folder: string,
  { work, source, id }: Plan,
  receipts: readonly Receipt[],
): Promise<Manifest> {
  const shards = receipts.map((one) => manifest.shape.shards.element.parse(one))
  const made: Manifest = {
    format: 'headstart-run',
    formatVersion: 1,
    id,
    work,
    source: source.name,
    rows: shards.reduce((sum, { rows }) => sum + rows, 0),
    poisoned: shards.reduce((sum, { poisoned }) => sum + poisoned.length, 0),
    shards,
  }
  await writeFileAtomically(join(folder, manifestName), encoded(made))
  return made
}

function encoded(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`)
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readRegularFile(path, mostOfText).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw toFileError(error, path, 'read')
  })
  if (text === undefined) return undefined
  const parsed = schema.safeParse(parsedJson(text.toString()))
  if (parsed.success) return parsed.data
  const remedy = 'It is damaged, or of a newer version: update headstart, or begin again in another folder.'
  throw new QueueError('input', path, 'a file of a run', parsed.error.issues[0]?.message ?? 'another', remedy)
}

function parsedJson(text: string): unknown {
  try {
    return parseJsonText(text)
  } catch {
    return undefined
  }
}
