import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'

/** A browser ends with the process of the tests, which cannot wait for it: what it leaves is removed here, when all is over. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const profiles = await mkdtemp(join(tmpdir(), 'headstart-chromium-'))
  project.provide('profiles', profiles)
  return async () => {
    // A browser that is ending writes some of it anew.
    do {
      await rm(profiles, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
      await setTimeout(500)
    } while (existsSync(profiles))
  }
}
