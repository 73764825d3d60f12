import { app } from './app.js'

process.exitCode = await app(process.argv.slice(2))
