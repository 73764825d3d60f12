import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chatTask, textTask } from '@headstart/nlp'
import { recommendTask } from '@headstart/recommender'
import { translateTask } from '@headstart/translation'
import { imageTask } from '@headstart/vision'
import type { AnyTask } from '@headstart/core'
import { connect, type Studio as Client } from '../src/api/client.js'
import type { JobState } from '../src/api/types.js'
import { Studio, type StudioOptions } from '../src/index.js'

export const tasks = [textTask, imageTask, chatTask, translateTask, recommendTask].map((task) => ({
  name: task.name,
  load: async () => task as unknown as AnyTask,
}))

/** A studio at any port, and who asks it. Both end with the test. */
export async function openStudio(
  folder: string,
  options: Partial<StudioOptions> = {},
): Promise<AsyncDisposable & { readonly client: Client; readonly studio: Studio }> {
  const studio = await Studio.open(folder, { tasks, port: 0, ...options })
  return { studio, client: connect(studio.url), [Symbol.asyncDispose]: () => studio.close() }
}

/** A folder of its own, which goes with the test. */
export async function emptyFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'headstart-studio-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** When the job is over. */
export async function ended(client: Client): Promise<JobState> {
  for (;;) {
    const { job } = await client.project()
    if (job && job.status !== 'running') return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
