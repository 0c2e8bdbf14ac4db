import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { countMarks } from '../fixtures/svg-marks.ts'
import { renderJson } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { readHistory, showHistory } from './history.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const keep = (name: string, day: number, change: Partial<Result> = {}) => {
  mkdirSync(join(folder, name))
  const result: Result = { ...fixtureResult(), verdict: 'suspect', startedAt: `2026-11-0${day}T10:00:00.000Z`, ...change }
  writeFileSync(join(folder, name, 'result.json'), renderJson(result))
}

describe('the runs of a folder', () => {
  it('are read oldest first, links and foreign files left out, damaged ones told', async () => {
    keep('later', 2)
    keep('earlier', 1)
    symlinkSync('later', join(folder, 'latest'))
    mkdirSync(join(folder, 'empty'))
    writeFileSync(join(folder, 'other.json'), '{"a":1}')
    writeFileSync(join(folder, 'broken.json'), '{"format":1,')
    const { entries, remarks } = await readHistory(folder)
    expect(entries.map(({ name }) => name)).toEqual(['earlier', 'later'])
    expect(remarks).toEqual([expect.stringContaining('broken.json is not complete JSON')])
  })

  it("are those whose numbers mean the same as the newest's", async () => {
    const { options } = fixtureResult()
    keep('other', 1, { options: { ...options, connections: 64 } })
    keep('newest', 2)
    const { entries, remarks } = await readHistory(folder)
    expect(entries.map(({ name }) => name)).toEqual(['newest'])
    expect(remarks).toEqual(['other: connections is 64, and 8 in the newest run'])
  })

  it('are comparisons, although a study was measured later', async () => {
    const answer = { question: '', sentences: [], tables: [], charts: [], limits: [] }
    keep('compared', 1)
    keep('swept', 2, { study: 'sweep', answer })
    const { entries, remarks } = await readHistory(folder)
    expect(entries.map(({ name }) => name)).toEqual(['compared'])
    expect(remarks).toEqual(['swept: study is sweep, and compare in the newest run'])
  })

  it('are missing where there is no folder, or no run in it', async () => {
    await expect(readHistory(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'no-folder', exitStatus: 2 })
    await expect(readHistory(folder)).rejects.toMatchObject({ code: 'no-runs', exitStatus: 2 })
  })
})

describe('the history', () => {
  it('is a table with a row per run, and a chart with a panel per app', async () => {
    keep('a', 1)
    keep('b', 2, { verdict: 'invalid' })
    keep('c', 3)
    const { text, paths } = await showHistory(folder, { endpoint: 'hello', out: null })
    const lines = text.trimEnd().split('\n')
    expect(lines[1]).toMatch(/^run +Node +rounds +verdict +koa +fastify +hono +evil$/)
    expect(lines[2]).toMatch(/^2026-11-01 10:00 UTC +24\.21\.0 +6 +suspect +1\.483 \[1\.471, 1\.495\] \(3\.3\.0\) /)
    expect(lines[3]).toMatch(/invalid +– +– +– +–$/)
    expect(paths.map((path) => path.slice(folder.length + 1))).toEqual(['history.md', 'history-light.svg', 'history-dark.svg'])
    const svg = readFileSync(join(folder, 'history-light.svg'), 'utf8')
    expect(countMarks(svg, 'symbol')).toBe(2 * 4)
    expect(countMarks(svg, 'rule')).toBe(2 * 4)
    expect(readFileSync(join(folder, 'history.md'), 'utf8')).toContain('| 2026-11-03 10:00 UTC |')
  })

  it('is over all endpoints where nothing else is requested', async () => {
    keep('a', 1)
    const { text } = await showHistory(folder, { endpoint: null, out: null })
    expect(text).toContain('ratio to the baseline, overall')
    // Koa is invalid on one endpoint, hence overall.
    expect(text.split('\n')[1]).not.toContain('koa')
  })

  it('names the endpoints there are when it is asked for another', async () => {
    keep('a', 1)
    await expect(showHistory(folder, { endpoint: 'hullo', out: null })).rejects.toMatchObject({
      code: 'no-points',
      hint: 'endpoints there: hello, lookup, overall',
    })
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('goes elsewhere when told', async () => {
    keep('a', 1)
    const out = join(folder, 'deep', 'er')
    await showHistory(folder, { endpoint: null, out })
    expect(readdirSync(out).sort()).toEqual(['history-dark.svg', 'history-light.svg', 'history.md'])
  })
})
