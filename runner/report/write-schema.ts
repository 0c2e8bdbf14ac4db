/** Writes `results/schema.json` from the data model: `node runner/report/write-schema.ts`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderJsonSchema } from './json.ts'

const file = join(import.meta.dirname, '..', '..', 'results', 'schema.json')
writeFileSync(file, renderJsonSchema())
