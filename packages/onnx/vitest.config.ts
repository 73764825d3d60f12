import { mergeConfig } from 'vitest/config'
import { config } from '../../vitest.base.js'

// Files share what they import: nothing here keeps state between tests but the default runtime, which those that set it reset.
export default mergeConfig(config, { test: { isolate: false } })
