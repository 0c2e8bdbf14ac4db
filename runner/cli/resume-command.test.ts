import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { readSamples } from '../measure/records.ts'
import { Result } from '../result/model.ts'

const SMALL = ['--apps', 'node-http,koa', '--endpoints', 'hello', '--blocks', '3', '--warm-up', '0.1']
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resume-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const compare = (...args: string[]) => commandHere(['compare', ...args], folder)
const latest = (out: string) => join(folder, out, 'latest')
const readResult = (run: string) => Result.parse(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')))
const change = (run: string, edit: (result: Result) => unknown) => {
  const result = readResult(run)
  edit(result)
  writeFileSync(join(run, 'result.json'), JSON.stringify(result))
}
const roundsOf = async (run: string) => {
  const rounds = new Map<number, number>()
  for await (const { round } of readSamples(join(run, 'samples.jsonl.gz'))) rounds.set(round, (rounds.get(round) ?? 0) + 1)
  return rounds
}

describe('a stopped run of the simulated driver', () => {
  beforeAll(async () => {
    await compare('--driver', 'fake', ...SMALL, '--rounds', '3', '--seed', '5', '--out', 'whole')
  })

  /** A copy of the run that was stopped before its last rounds. */
  const stoppedCopy = (name: string) => {
    const run = join(folder, name)
    cpSync(latest('whole'), run, { recursive: true, dereference: true })
    change(run, (result) => Object.assign(result, { stoppedBecause: 'interrupted', options: { ...result.options, rounds: 5 } }))
    return run
  }

  it('equals an uninterrupted run in form', async () => {
    const run = stoppedCopy('form')
    await compare('--resume', run)
    await compare('--driver', 'fake', ...SMALL, '--rounds', '5', '--seed', '5', '--out', 'other')
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape)
      if (typeof value !== 'object' || value === null) return typeof value
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
    }
    const [resumed, whole] = [readResult(run), readResult(latest('other'))]
    expect(shape(resumed.cells)).toEqual(shape(whole.cells))
    expect(shape(resumed.controls)).toEqual(shape(whole.controls))
    expect({ rounds: resumed.rounds, ends: resumed.stoppedBecause }).toEqual({ rounds: whole.rounds, ends: whole.stoppedBecause })
  })

  it('loose samples of a round that was not finished go', async () => {
    const run = stoppedCopy('loose')
    const { openJsonLinesFile } = await import('../result/json-lines.ts')
    const file = await openJsonLinesFile<object>(join(run, 'samples.jsonl.gz'))
    for await (const slice of readSamples(join(latest('whole'), 'samples.jsonl.gz'))) {
      if (slice.round === 3) file.append({ ...slice, round: 4 })
      if (slice.round === 3) break
    }
    await file.close()
    await compare('--resume', run)
    const rounds = await roundsOf(run)
    expect(new Set(rounds.values()).size).toBe(1)
    expect([...rounds.keys()]).toEqual([1, 2, 3, 4, 5])
  })

  it('that is finished, that changed, or that lacks its rounds: one sentence, a hint, status 2, and nothing touched', async () => {
    const changed = stoppedCopy('changed')
    change(changed, (result) => Object.assign(result.environment, { node: 'v20.0.0' }))
    const lacking = stoppedCopy('lacking')
    rmSync(join(lacking, 'rounds.jsonl.gz'))
    const refused = [
      [latest('whole'), 'is finished: there is nothing to resume'],
      [changed, 'this run cannot go on: Node was 20.0.0 and is '],
      [lacking, 'no finished round of the run in '],
      [join(folder, 'nowhere'), 'there is no result at '],
    ] as const
    const check = async ([run, sentence]: (typeof refused)[number]) => {
      const before = run.endsWith('nowhere') ? '' : readFileSync(join(run, 'result.json'), 'utf8')
      const { status, stdout, stderr } = await compare('--resume', run)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain(sentence)
      expect(stderr).toMatch(/^hint: /m)
      if (before !== '') expect(readFileSync(join(run, 'result.json'), 'utf8')).toBe(before)
    }
    for (const one of refused) await check(one)
  })

  it('takes no options of its own but a time limit', async () => {
    const { status, stderr } = await compare('--resume', stoppedCopy('alone'), '--max-minutes', '9', '--connections', '3')
    expect(status).toBe(2)
    expect(stderr).toContain('--connections cannot be given with --resume')
  })
})
