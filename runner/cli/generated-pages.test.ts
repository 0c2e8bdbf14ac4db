import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseResult } from '../result/json.ts'
import { generatedPages, PUBLISHED, publishedStudies } from './publish.ts'

describe('the generated pages', async () => {
  const pages = (await generatedPages()).map(({ path, text }) => ({ name: relative(process.cwd(), path), path, text }))

  it.each(pages)('are up to date: $name', async ({ path, text }) => {
    expect(await readFile(path, 'utf8'), 'run npm run docs').toBe(text)
  })

  it('of the comparison come from a valid run', async () => {
    const { comparison } = PUBLISHED
    expect(parseResult(await readFile(comparison, 'utf8'), comparison).verdict).toBe('valid')
  })

  it('of studies quote no run that is invalid as a whole, and none that was cut short', async () => {
    for (const { id, result } of await publishedStudies()) {
      if (result === null) continue
      expect(result.study).toBe(id)
      expect(result.findings.filter(({ severity }) => severity === 'invalid')).toEqual([])
      expect(['precision', 'rounds', 'time']).toContain(result.stoppedBecause)
    }
  })
})
