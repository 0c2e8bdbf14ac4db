import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Of the runner alone: servers and load generators start as they always did. Where the folder cannot be written, nothing is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/runner', import.meta.url)))

// Only what is loaded from here on is in the cache.
const { main } = await import('./cli/main.ts')
process.exitCode = await main(process.argv.slice(2))
