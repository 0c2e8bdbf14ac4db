import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diffForPrograms, renderDiff, renderDiffMarkdown } from '../report/diff-report.ts'
import { fixtureResult } from '../report/fixture-result.ts'
import { withNoisyRounds } from '../report/fixture-rounds.ts'
import { renderJson } from '../report/json.ts'
import type { Result } from '../result.ts'
import { diffRuns, failsOn } from './diff-command.ts'
import { environmentDifferences } from './environment-differences.ts'

let folder: string
let files = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'diff-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const kept = (result: Result) => {
  const path = join(folder, `${++files}.json`)
  writeFileSync(path, renderJson(result))
  return path
}
const run = (seed: number, shift = 0): Result => ({
  ...withNoisyRounds(fixtureResult(), { seed, shift }),
  verdict: 'valid',
})
const withEnvironment = (result: Result, change: Partial<Result['environment']>): Result => ({
  ...result,
  environment: { ...result.environment, ...change },
})

describe('environments', () => {
  it('that are the same differ in nothing', () => expect(environmentDifferences(run(1), run(2))).toEqual([]))

  it('are told apart by what matters, each difference with its weight', () => {
    const after = withEnvironment(run(2), { node: 'v26.0.0', cpuModel: 'Another', cpus: 8 })
    const apps = after.apps.map((app) => (app.id === 'koa' ? { ...app, version: '4.0.0' } : app))
    expect(environmentDifferences(run(1), { ...after, apps }).map(({ name, weight }) => `${weight} ${name}`)).toEqual([
      'warn processor',
      'warn CPUs',
      'expected Node',
      'expected koa',
    ])
  })

  it('warn of CPUs that are farther apart, not of a little', () => {
    const at = (mean: number) => withEnvironment(run(1), { cpuDistanceNanoseconds: { mean, low: mean, high: mean } })
    expect(environmentDifferences(at(110), at(340)).map(({ name }) => name)).toEqual(['distance of the CPUs, ns'])
    expect(environmentDifferences(at(110), at(120))).toEqual([])
  })
})

describe('comparing', () => {
  it('refuses runs whose numbers mean different things', async () => {
    const other = run(2)
    const paths = [kept(run(1)), kept({ ...other, options: { ...other.options, connections: 64 } })]
    await expect(diffRuns(paths[0]!, paths[1]!, null)).rejects.toMatchObject({
      code: 'not-comparable',
      exitStatus: 2,
      message: 'these runs cannot be compared: connections is 8 in the first and 64 in the second',
    })
  })

  it('refuses an invalid run, and one without a cell in common', async () => {
    const invalid = kept({ ...run(1), verdict: 'invalid' })
    await expect(diffRuns(kept(run(1)), invalid, null)).rejects.toMatchObject({ code: 'run-invalid', exitStatus: 1 })
    const alone = run(1)
    const nothing = kept({ ...alone, cells: alone.cells.filter(({ app }) => app === 'node-http') })
    await expect(diffRuns(kept(run(1)), nothing, null)).rejects.toMatchObject({ code: 'nothing-in-common', exitStatus: 2 })
    await expect(diffRuns(kept(run(1)), join(folder, 'no.json'), null)).rejects.toMatchObject({ code: 'no-run', exitStatus: 2 })
  })

  it('names regressions that are proven beyond the limit, and none that are not', async () => {
    const [before, after] = [kept(run(1)), kept(run(2, 0.05))]
    expect((await diffRuns(before, after, 1)).regressions!.length).toBeGreaterThan(0)
    expect((await diffRuns(before, after, 10)).regressions).toEqual([])
    expect((await diffRuns(after, before, 0)).regressions).toEqual([])
    expect((await diffRuns(before, after, null)).regressions).toBeNull()
  })
})

describe('for a CI', () => {
  it('a number that is lost fails too, whatever the limit', async () => {
    const after = run(2)
    const cells = after.cells.map((cell) =>
      cell.app === 'hono' && cell.state === 'measured' ? { ...cell, verdict: 'invalid' as const } : cell,
    )
    const paths = [kept(run(1)), kept({ ...after, cells })] as const
    const diff = await diffRuns(...paths, 50)
    expect(failsOn(diff)).toBe(true)
    expect(renderDiff(diff)).toContain('No valid number any more: hono hello and hono lookup.')
    expect(failsOn(await diffRuns(...paths, null))).toBe(false)
    expect(failsOn(await diffRuns(kept(run(1)), kept(run(1)), 0))).toBe(false)
  })
})

describe('the report of a diff', () => {
  it('has a row per cell, the change in percent with its sign, and says what is proven', async () => {
    const text = renderDiff(await diffRuns(kept(run(1)), kept(withEnvironment(run(2, 0.05), { node: 'v26.0.0' })), 1))
    expect(text).toContain('Node: 24.21.0 → 26.0.0')
    expect(text).toMatch(/fastify +hello +1\.206 \[.*\] +1\.206 \[.*\] +\+[45]\.\d+ % \[\+\d\.\d+, \+\d\.\d+\] +dearer/)
    expect(text).toContain('Proven changes (Holm, 5 %): ')
    expect(text).toContain('Regression proven: ')
    expect(text).toContain('koa lookup has no valid number in either run')
  })

  it('warns of what else may be the reason, and lets no text of a run into Markdown as it is', async () => {
    const after = withEnvironment(run(2), { cpuModel: '<img src=x onerror=y>|`z`' })
    const diff = await diffRuns(kept(run(1)), kept(after), null)
    expect(renderDiff(diff)).toMatch(/^warning processor: .* → <img src=x onerror=y>\|`z` \(a change may come from this\)$/m)
    const text = renderDiffMarkdown(diff)
    expect(text).toContain('(a change may come from this)')
    expect(text).not.toContain('<img')
    expect(text).toContain('koa lookup has no valid number in either run')
  })

  it('shows the unchanged as unchanged', async () => {
    const diff = await diffRuns(kept(run(1)), kept(run(1)), 0)
    expect(renderDiff(diff)).toContain(
      'No change is proven in any of 6 cells (Holm, 5 %). No regression beyond the limit is proven.',
    )
    expect(renderDiff(diff)).not.toMatch(/dearer|cheaper/)
    expect(renderDiffMarkdown(diff)).toMatch(/\| fastify \| hello \| .* \| unchanged \|/)
  })

  it('holds everything for programs, without the two runs themselves', async () => {
    const value = JSON.parse(JSON.stringify(diffForPrograms(await diffRuns(kept(run(1)), kept(run(2)), null))))
    expect(Object.keys(value)).toEqual(['before', 'after', 'cells', 'lost', 'environment', 'regressions'])
    expect(value.before).toMatchObject({ node: 'v24.21.0', verdict: 'valid' })
  })
})
