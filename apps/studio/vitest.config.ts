import { mergeConfig } from 'vitest/config'
import { config } from '../../vitest.base.js'

export default mergeConfig(config, { test: { globalSetup: 'test/profile.ts' } })
