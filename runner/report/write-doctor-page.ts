/** Writes what each fact means into `docs/doctor.md`: `npm run doctor-page`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderFactsPage } from './doctor-page.ts'
import { replaceRegion } from './regions.ts'

const file = join(import.meta.dirname, '..', '..', 'docs', 'doctor.md')
writeFileSync(file, replaceRegion(readFileSync(file, 'utf8'), 'facts', renderFactsPage()))
