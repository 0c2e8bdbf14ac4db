import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { parseResult, renderJson } from '../result/json.ts'
import { openFile, printReport, rebuildReports } from './rebuild.ts'

let folder: string
const text = renderJson(fixtureResult())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rebuild-'))
  writeFileSync(join(folder, 'result.json'), text)
})
afterEach(() => {
  expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe(text)
  rmSync(folder, { recursive: true })
})

describe('reports of a run', () => {
  it('are made again beside it, the page first', async () => {
    const paths = await rebuildReports(folder, { format: null, out: null })
    expect(paths.map((path) => path.slice(folder.length + 1))).toEqual([
      ...[
        'report.html',
        'overhead-light.svg',
        'overhead-dark.svg',
        'share-light.svg',
        'share-dark.svg',
        'report.md',
        'table.csv',
      ],
    ])
    for (const path of paths) expect(readFileSync(path, 'utf8').length).toBeGreaterThan(100)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('hold the spread of slices where the samples are kept', async () => {
    const slice = { deployment: 'koa', endpoint: 'hello', requests: 10, serverCpuNs: 1e5, disturbance: null }
    writeFileSync(join(folder, 'samples.jsonl.gz'), gzipSync(`${JSON.stringify(slice)}\n`))
    const [page] = await rebuildReports(folder, { format: 'html', out: null })
    expect(readFileSync(page!, 'utf8')).toContain('Spread of slices on hello')
  })

  it('go to another folder when told, which is made', async () => {
    const out = join(folder, 'talk', 'slides')
    const paths = await rebuildReports(join(folder, 'result.json'), { format: 'slides', out })
    expect(paths[0]).toBe(join(out, 'slides.md'))
    const slides = readFileSync(paths[0]!, 'utf8').split('\n\n---\n\n')
    // A sentence, a table for each endpoint, one over all, how it was measured; an invalid run has no chart.
    expect(slides).toHaveLength(5)
    expect(existsSync(join(folder, 'slides.md'))).toBe(false)
  })

  it('of a file of another name need a place, and leave the samples beside it alone', async () => {
    writeFileSync(join(folder, 'other.json'), text)
    writeFileSync(
      join(folder, 'samples.jsonl.gz'),
      gzipSync('{"deployment":"koa","endpoint":"hello","requests":10,"serverCpuNs":1e5}\n'),
    )
    await expect(rebuildReports(join(folder, 'other.json'), { format: null, out: null })).rejects.toMatchObject({
      code: 'no-place',
    })
    const [page] = await rebuildReports(join(folder, 'other.json'), { format: 'html', out: join(folder, 'there') })
    expect(readFileSync(page!, 'utf8')).toContain('were not found beside it')
  })

  it('never replace the result', async () => {
    await expect(rebuildReports(folder, { format: 'json', out: null })).rejects.toMatchObject({ code: 'would-replace' })
    const [copy] = await rebuildReports(folder, { format: 'json', out: join(folder, 'copy') })
    expect(parseResult(readFileSync(copy!, 'utf8'), 'copy')).toEqual(fixtureResult())
  })

  it('can be printed, if they are one file', async () => {
    expect(await printReport(folder, 'md')).toMatch(/^# What a framework costs/)
    expect(await printReport(folder, 'json')).toBe(text)
    await expect(printReport(folder, 'svg')).rejects.toMatchObject({ code: 'several-files', exitStatus: 2 })
  })

  it('are refused before anything is written, where there is no run or no place', async () => {
    await expect(rebuildReports(join(folder, 'nothing'), { format: null, out: null })).rejects.toMatchObject({ code: 'no-run' })
    mkdirSync(join(folder, 'a'))
    writeFileSync(join(folder, 'a', 'file'), '')
    await expect(rebuildReports(folder, { format: null, out: join(folder, 'a', 'file') })).rejects.toMatchObject({
      code: 'out-not-writable',
      exitStatus: 2,
    })
  })
})

it('says where the page is when nothing can show it', async () => {
  const path = process.env.PATH
  process.env.PATH = folder
  try {
    expect(await openFile(join(folder, 'report.html'))).toMatch(/was not found; open file:\/\/\/.*report\.html in a browser$/)
  } finally {
    process.env.PATH = path
  }
})
