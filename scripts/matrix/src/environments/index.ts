import type { Environment } from '../environment.js'
import { bun } from './bun.js'
import { commonjs } from './commonjs.js'
import { deno } from './deno.js'
import { esbuild } from './esbuild.js'
import { jest } from './jest.js'
import { next, nextStandalone } from './next.js'
import { nodeVersions } from './node-versions.js'
import { typescript } from './typescript.js'
import { viteSsr } from './vite-ssr.js'
import { vitestThreads } from './vitest-vm-threads.js'
import { workerThreads } from './worker-threads.js'

/** All environments, in the order of the table. */
export const environments: readonly Environment[] = [
  ...nodeVersions,
  commonjs,
  workerThreads,
  bun,
  deno,
  ...typescript,
  esbuild,
  viteSsr,
  next,
  nextStandalone,
  jest,
  vitestThreads,
]
