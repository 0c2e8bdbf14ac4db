import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { withNoisyRounds } from '../fixtures/fixture-rounds.ts'
import type { Processor } from '../result/fact.ts'
import { renderJson } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { diffRuns, failsOn } from './diff.ts'
import { renderDiff, renderDiffJson, renderDiffMarkdown } from './diff-report.ts'
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

const cpu = (change: Partial<Processor>): Processor => ({ ...fixtureResult().environment.cpu!, ...change })
const smt = (grade: 'good' | 'poor') => ({ id: 'smt', value: 'as the kernel has it', grade })

describe('environments', () => {
  it('that are the same differ in nothing', () => expect(environmentDifferences(run(1), run(2))).toEqual([]))

  it('are told apart by what matters, each difference with its weight', () => {
    const after = withEnvironment(run(2), { node: 'v26.0.0', cpuModel: 'Another', cpus: 8 })
    const apps = after.apps.map((app) => (app.id === 'koa' ? { ...app, version: '4.0.0' } : app))
    expect(environmentDifferences(run(1), { ...after, apps }).map(({ name, weight }) => `${weight} ${name}`)).toEqual([
      'machine processor',
      'warn number of CPUs',
      'expected Node',
      'expected koa',
    ])
  })

  it.each<[string, Partial<Result['environment']>, Partial<Result['environment']>]>([
    ['type of the CPU', { cpu: cpu({}) }, { cpu: cpu({ stepping: '7' }) }],
    ['microcode', { cpu: cpu({}) }, { cpu: cpu({ microcode: '0xd0003d1' }) }],
    ['mitigations', { cpu: cpu({}) }, { cpu: cpu({ mitigations: { meltdown: 'Vulnerable' } }) }],
    ['kernel', {}, { kernel: '6.2.0' }],
    ['pinning', {}, { serverCpu: null, loadCpu: null }],
    ['cores of server and load generator', { facts: [smt('good')] }, { facts: [smt('poor')] }],
  ])('are of two machines by their %s', (name, before, after) => {
    const differences = environmentDifferences(withEnvironment(run(1), before), withEnvironment(run(2), after))
    expect(differences.map((one) => `${one.weight} ${one.name}`)).toEqual([`machine ${name}`])
  })

  it('are not told apart by what one of them does not know, such as what older results lack', () => {
    const older = withEnvironment(run(1), { cpu: null, hypervisor: null, clockSource: null, cpuDistanceNanoseconds: null })
    const unnamed = withEnvironment(run(2), { cpuModel: 'unknown', cpu: cpu({ microcode: null, mitigations: null }) })
    for (const other of [older, unnamed]) {
      expect(environmentDifferences(run(1), other)).toEqual([])
      expect(environmentDifferences(other, run(1))).toEqual([])
    }
  })

  it('name of the mitigations only those that differ', () => {
    const [before, after] = [cpu({}), cpu({ mitigations: { ...cpu({}).mitigations, spectre_v2: 'Mitigation: IBRS' } })]
    const [difference] = environmentDifferences(withEnvironment(run(1), { cpu: before }), withEnvironment(run(2), { cpu: after }))
    expect(difference).toMatchObject({ before: 'spectre_v2: Not affected', after: 'spectre_v2: Mitigation: IBRS' })
  })

  it('are of two machines by CPUs that are farther apart, not by a little', () => {
    const at = (mean: number) => withEnvironment(run(1), { cpuDistanceNanoseconds: { mean, low: mean, high: mean } })
    expect(environmentDifferences(at(110), at(340))).toEqual([
      { name: 'distance of the CPUs, ns', weight: 'machine', before: '110', after: '340' },
    ])
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

describe('runs of two machines', () => {
  const another = { cpuModel: 'Another CPU @ 3.10GHz' }
  const lostHono = (result: Result): Result => ({
    ...result,
    cells: result.cells.map((cell) => (cell.app === 'hono' ? { ...cell, verdict: 'invalid' as const } : cell)),
  })

  it('fail no gate, however much all apps moved alike', async () => {
    const [before, after] = [kept(run(1)), run(2, 0.1)]
    expect(failsOn(await diffRuns(before, kept(after), 1))).toBe(true)
    const diff = await diffRuns(before, kept(withEnvironment(after, another)), 1)
    expect(failsOn(diff)).toBe(false)
    expect(diff.regressions).toEqual([])
    for (const { change, adjustedP, provenFactor } of diff.cells) {
      expect({ change, adjustedP, provenFactor }).toEqual({ change: 'not comparable', adjustedP: null, provenFactor: null })
    }
  })

  it('fail it when a number is lost, as others do', async () => {
    const after = lostHono(withEnvironment(run(2, 0.1), { ...another, kernel: '6.2.0' }))
    const diff = await diffRuns(kept(run(1)), kept(after), 1)
    expect(failsOn(diff)).toBe(true)
    expect(renderDiff(diff)).toContain('No valid number any more: hono hello and hono lookup.')
  })

  it('are reported as not comparable, with the reasons and with what moved relative to the others', async () => {
    const after = withEnvironment(run(2, 0.1), { ...another, kernel: '6.2.0' })
    const diff = await diffRuns(kept(run(1)), kept(after), 1)
    const text = renderDiff(diff)
    expect(text).toMatch(/^warning processor: Example CPU @ 2\.50GHz → Another CPU @ 3\.10GHz \(not comparable here\)$/m)
    expect(text).toMatch(/^app +endpoint +ratio before +ratio after +change +relative to the others$/m)
    expect(text).toMatch(/^fastify +hello +1\.2.* \+\d.*% \[.*\] +[+-]?\d.*% \[.*\] +not comparable$/m)
    expect(text).toContain('Not comparable here: processor and kernel differ. No change is proven and none fails --fail-on.')
    expect(text).not.toMatch(/Proven|more expensive/)
    expect(renderDiffMarkdown(diff)).toContain('**Not comparable here: processor and kernel differ.')
  })
})

describe('the report of a diff', () => {
  it('has a row per cell, the change in percent with its sign, and says what is proven', async () => {
    const text = renderDiff(await diffRuns(kept(run(1)), kept(withEnvironment(run(2, 0.05), { node: 'v26.0.0' })), 1))
    expect(text).toContain('Node: 24.21.0 → 26.0.0')
    expect(text).toMatch(/fastify +hello +1\.206 \[.*\] +1\.206 \[.*\] +\+[45]\.\d+ % \[\+\d\.\d+, \+\d\.\d+\] +more expensive/)
    expect(text).toContain('Proven changes (Holm, 5 %): ')
    expect(text).toContain('Regression proven: ')
    expect(text).toContain('koa lookup has no valid number in either run')
  })

  it('warns of what else may be the reason, and lets no text of a run into Markdown as it is', async () => {
    const after = withEnvironment(run(2), { hypervisor: '<img src=x onerror=y>|`z`' })
    const diff = await diffRuns(kept(run(1)), kept(after), null)
    expect(renderDiff(diff)).toMatch(/^warning hypervisor: .* → <img src=x onerror=y>\|`z` \(a change may come from this\)$/m)
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
    expect(renderDiff(diff)).not.toMatch(/more expensive|cheaper/)
    expect(renderDiffMarkdown(diff)).toMatch(/\| fastify \| hello \| .* \| unchanged \|/)
  })

  it('holds everything for programs, without the two runs themselves', async () => {
    const value = JSON.parse(renderDiffJson(await diffRuns(kept(run(1)), kept(run(2)), null)))
    expect(Object.keys(value)).toEqual(['before', 'after', 'environment', 'comparable', 'cells', 'lost', 'regressions'])
    expect(value.before).toMatchObject({ node: 'v24.21.0', verdict: 'valid' })
  })

  it('steers no terminal as JSON either', async () => {
    const hypervisor = 'a\u009b31mred\u2028'
    const json = renderDiffJson(await diffRuns(kept(run(1)), kept(withEnvironment(run(2), { hypervisor })), null))
    expect(json).not.toMatch(/[\u007f-\u009f\u2028\u2029]/)
    expect(json).toContain('a\\u009b31mred\\u2028')
  })
})
