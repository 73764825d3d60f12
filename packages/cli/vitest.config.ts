import { mergeConfig } from 'vitest/config'
import { config } from '../../vitest.base.js'

// What is printed is compared as plain text.
export default mergeConfig(config, { test: { env: { NO_COLOR: '1' } } })
