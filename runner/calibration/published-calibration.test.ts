import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readPublished } from './files.ts'
import { renderCalibrationPage } from './page.ts'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const PUBLISHED = join(PROJECT, 'results', 'published', 'calibration')
const DOCS = join(PROJECT, 'docs')

describe.runIf(existsSync(PUBLISHED))('the calibration page', async () => {
  const pages = await renderCalibrationPage(await readPublished(PUBLISHED))

  it.each(pages)('is up to date: $path', async ({ path, text }) => {
    expect(await readFile(join(DOCS, path), 'utf8'), 'run npm run calibrate -- --page').toBe(text)
  })
})
