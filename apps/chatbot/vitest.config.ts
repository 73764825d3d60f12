export { config as default } from '../../vitest.base.js'
