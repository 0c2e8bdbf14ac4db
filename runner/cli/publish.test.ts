import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { parseResult, renderJson } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { PUBLISHED, publishResults } from './publish.ts'

describe('publishing refuses, and changes nothing', () => {
  let folder: string
  let before: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'publish-'))
    before = await readFile(PUBLISHED.comparison, 'utf8')
  })
  afterEach(async () => {
    expect(await readFile(PUBLISHED.comparison, 'utf8')).toBe(before)
    await rm(folder, { recursive: true })
  })

  const withResult = async (result: Result) => {
    await writeFile(join(folder, 'result.json'), renderJson(result))
    return publishResults(folder)
  }

  it('a folder without a run', async () => {
    await expect(publishResults(folder)).rejects.toMatchObject({ code: 'no-run', exitStatus: 2 })
  })

  it('a run that is not valid', async () => {
    await expect(withResult({ ...fixtureResult(), verdict: 'suspect' })).rejects.toMatchObject({ code: 'not-valid' })
  })

  it('a run in which an app failed, although the others are valid', async () => {
    const result = { ...fixtureResult(), verdict: 'valid' as const }
    expect(result.cells.some(({ state }) => state === 'failed')).toBe(true)
    await expect(withResult(result)).rejects.toMatchObject({ code: 'not-complete' })
  })

  it('an invalid run as an example, and one for a place that there is not', async () => {
    await writeFile(join(folder, 'result.json'), renderJson({ ...fixtureResult(), verdict: 'invalid' }))
    await expect(publishResults(folder, 'endpoints')).rejects.toMatchObject({ code: 'not-valid' })
    await expect(publishResults(folder, 'endpoint')).rejects.toMatchObject({
      code: 'unknown-place',
      hint: expect.stringContaining('endpoints'),
    })
  })

  it('what is no result', async () => {
    const path = join(folder, 'result.json')
    await writeFile(path, '{"format":1}')
    await expect(publishResults(folder)).rejects.toMatchObject({ exitStatus: 2 })
  })

  it('never the result that is published now', () => {
    expect(parseResult(before, PUBLISHED.comparison).cells.every(({ state }) => state === 'measured')).toBe(true)
  })
})
