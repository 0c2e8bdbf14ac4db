import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { PUBLISHED, renderPublishedPages } from './publish.ts'
import { parseResult } from './report/json.ts'

describe('the published pages', async () => {
  const result = parseResult(await readFile(PUBLISHED, 'utf8'), PUBLISHED)
  const pages = await renderPublishedPages(result)

  it('come from a valid run', () => expect(result.verdict).toBe('valid'))

  it.each(pages)('are up to date: $path', async ({ path, text }) => {
    expect(await readFile(path, 'utf8'), 'run npm run publish-results -- results/published/compare.json').toBe(text)
  })
})
