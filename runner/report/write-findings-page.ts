/** Writes `docs/findings.md` from the registry: `npm run findings`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderFindingsPage } from './findings-page.ts'

writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'findings.md'), renderFindingsPage())
