import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app } from './app.js'

await app(process.argv[2] ?? join(tmpdir(), 'headstart-sentiment'))
