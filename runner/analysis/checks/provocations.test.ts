import { describe, expect, it } from 'vitest'
import { BASELINE } from '../../../apps/app.ts'
import { type Provocation, provocations } from '../../fixtures/provocations.ts'
import { asReal, simulation } from '../../fixtures/simulated-run.ts'
import type { RunRecord } from '../../measure/records.ts'
import { Result } from '../../result/model.ts'
import { type FindingCode, findingKinds } from './judge.ts'

const codes = Object.keys(findingKinds) as FindingCode[]

/** Koa and the baseline on hello, 8 rounds, with the accounting of a real run; written and read again. */
async function resultOf({ says, ...options }: Provocation): Promise<Result> {
  const simulated = simulation({
    apps: [BASELINE, 'koa'],
    endpoints: ['hello'],
    rule: { rounds: 8, precision: null },
    ...options,
    world: { cost: (app) => (app === BASELINE ? 10 : 15), ...options.world },
  })
  const record = { ...asReal(await simulated.run()), ...says }
  return Result.parse(JSON.parse(JSON.stringify(simulated.result(record as RunRecord))))
}

const findingsOf = (result: Result) => [...result.findings, ...result.cells.flatMap(({ findings }) => findings)]

describe('every kind of finding can be brought about', () => {
  it.each(codes)('%s', async (code) => {
    const result = await resultOf(provocations[code])
    const found = findingsOf(result).filter((finding) => finding.code === code)
    expect(found.length, `there are only ${findingsOf(result).map((finding) => finding.code)}`).toBeGreaterThan(0)
    const { severity, scope } = findingKinds[code]
    for (const { message, advice, facts, ...finding } of found) {
      expect(finding.severity).toBe(severity)
      expect(message).not.toMatch(/undefined|NaN|null|\[object|\n/)
      expect(message).toMatch(/^[a-z0-9C].*[^.]$/)
      expect(advice).toMatch(/^[A-Z].*\.$/)
      for (const value of Object.values(facts)) if (typeof value === 'string') expect(message).toContain(value)
    }
    // What is about the run stands with the run, and with every measured cell it holds for.
    expect(result.findings.some((finding) => finding.code === code)).toBe(scope === 'run')
    const concerned = result.cells.filter(({ findings }) => findings.some((finding) => finding.code === code))
    for (const { verdict } of concerned) {
      if (severity !== 'note') expect(verdict).not.toBe('valid')
      if (severity === 'invalid') expect(verdict).toBe('invalid')
    }
    if (result.cells.some(({ state }) => state === 'measured')) expect(concerned.length).toBeGreaterThan(0)
  })

  it('and a good run brings none', async () => {
    const result = await resultOf({})
    expect(findingsOf(result)).toEqual([])
    expect(result.verdict).toBe('valid')
  })

  it('and slow rounds that are left out bring nothing else: rates, times and counts are of the same rounds', async () => {
    let round = 0
    const beforeStart = (deployment: string) => {
      if (deployment === `${BASELINE}#2`) round++
    }
    const cost = (app: string) => (app === BASELINE ? 10 : 15) * (round % 4 === 3 ? 2.5 : 1)
    const result = await resultOf({ world: { processNoise: 0.001, sliceNoise: 0.005, beforeStart, cost } })
    expect([...new Set(findingsOf(result).map(({ code }) => code))]).toEqual(['slow-rounds-left-out'])
    for (const cell of result.cells) expect(cell).toMatchObject({ perRound: { length: 6 } })
    expect(result).toMatchObject({ verdict: 'valid', rounds: 8, environment: { slowRounds: [{}, {}] } })
  })
})
