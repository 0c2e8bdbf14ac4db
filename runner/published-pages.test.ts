import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { PUBLISHED, renderPublishedPages } from './publish.ts'
import { publishedStudies, renderStudyPages } from './publish-study.ts'
import { parseResult } from './report/json.ts'

describe('the published pages', async () => {
  const result = parseResult(await readFile(PUBLISHED, 'utf8'), PUBLISHED)
  const pages = await renderPublishedPages(result)

  it('come from a valid run', () => expect(result.verdict).toBe('valid'))

  it.each(pages)('are up to date: $path', async ({ path, text }) => {
    expect(await readFile(path, 'utf8'), 'run npm run publish-results -- results/published/compare.json').toBe(text)
  })
})

describe('the page of the studies', async () => {
  const entries = await publishedStudies()
  const pages = await renderStudyPages(entries)

  it('quotes no run that is invalid as a whole, and none that was cut short', () => {
    for (const { id, result } of entries) {
      if (result === null) continue
      expect(result.study).toBe(id)
      expect(result.findings.filter(({ severity }) => severity === 'invalid')).toEqual([])
      expect(['precision', 'rounds', 'time']).toContain(result.stoppedBecause)
    }
  })

  it.each(pages)('is up to date: $path', async ({ path, text }) => {
    expect(await readFile(path, 'utf8'), 'run npm run publish-results -- <run of a study>').toBe(text)
  })
})
