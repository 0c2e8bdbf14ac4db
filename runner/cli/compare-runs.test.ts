import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { withNoisyRounds } from '../fixtures/fixture-rounds.ts'
import { parseResult } from '../result/json.ts'
import { compareRuns } from './diff.ts'

const run = (seed: number, shift = 0) => withNoisyRounds(fixtureResult(), { seed, shift, deviation: 0.01 })
const cellsOf = (before: ReturnType<typeof run>, after: ReturnType<typeof run>) => compareRuns(before, after).cells

describe('two runs', () => {
  it('are compared in every cell that both have, without the baseline and what is invalid', () => {
    const { cells, lost } = compareRuns(run(1), run(2))
    expect(cells.map(({ app, endpoint }) => `${app} ${endpoint}`).sort()).toEqual([
      'evil hello',
      'fastify hello',
      'fastify lookup',
      'hono hello',
      'hono lookup',
      'koa hello',
    ])
    expect(lost).toEqual([
      { app: 'koa', endpoint: 'lookup', because: 'has no valid number in either run', broken: false },
      { app: 'evil', endpoint: 'lookup', because: 'has no valid number in either run', broken: false },
    ])
  })

  it('are the ratio of the means of their ratios, with Welch on the logs', () => {
    const [before, after] = [run(1), run(2, 0.03)]
    const logs = (result: typeof before) => {
      const cell = result.cells.find(({ app, endpoint }) => app === 'koa' && endpoint === 'hello')!
      return cell.state === 'measured' ? cell.perRound.map(({ ratio }) => Math.log(ratio)) : []
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length
    const variance = (values: number[]) =>
      values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1) / values.length
    const koa = cellsOf(before, after).find(({ app }) => app === 'koa')!
    expect(koa.ratioOfRatios.value).toBeCloseTo(Math.exp(mean(logs(after)) - mean(logs(before))), 12)
    const standardError = Math.sqrt(variance(logs(before)) + variance(logs(after)))
    // Moderation may widen it, and lends degrees of freedom: never narrower than the normal quantile allows.
    expect(Math.log(koa.ratioOfRatios.high! / koa.ratioOfRatios.value)).toBeGreaterThan(1.959 * standardError)
  })

  it('show a run and its repetition as unchanged, in nearly all of many pairs', () => {
    let claims = 0
    for (let pair = 0; pair < 100; pair++) {
      if (cellsOf(run(2 * pair + 1), run(2 * pair + 2)).some(({ change }) => change !== 'unchanged')) claims++
    }
    // 5 are expected; more than 12 of 100 have a probability below 0.002 at 5 %.
    expect(claims).toBeLessThanOrEqual(12)
  })

  it('find a change of 5 % with rounds that spread by 1 %, and its direction', () => {
    for (const [shift, change] of [
      [0.05, 'more expensive'],
      [-0.05, 'cheaper'],
    ] as const) {
      expect(cellsOf(run(1), run(2, shift)).map((cell) => cell.change)).toEqual(Array(6).fill(change))
    }
  })

  it('prove less than they estimate', () => {
    for (const { provenFactor, ratioOfRatios } of cellsOf(run(1), run(2, 0.05))) {
      expect(provenFactor!).toBeLessThan(ratioOfRatios.low!)
      expect(provenFactor!).toBeGreaterThan(1)
    }
  })

  it('never prove a limit broken where no change is proven', () => {
    for (let pair = 0; pair < 200; pair++) {
      const cells = cellsOf(run(pair + 1), run(pair + 500, 0.008))
      for (const { provenFactor, change } of cells) if (provenFactor! > 1) expect(change).toBe('more expensive')
    }
  })

  it('claim nothing from a single round', () => {
    const single = withNoisyRounds(fixtureResult(), { rounds: 1, shift: 0.5 })
    for (const { change, provenFactor, ratioOfRatios } of cellsOf(run(1), single)) {
      expect({ change, provenFactor, low: ratioOfRatios.low }).toEqual({ change: 'unchanged', provenFactor: null, low: null })
    }
  })

  it('may be of a format that lacks the newer fields', () => {
    const path = new URL('../fixtures/result-format-1.json', import.meta.url)
    const old = parseResult(readFileSync(path, 'utf8'), 'old')
    const { cells } = compareRuns(old, old)
    expect(cells.map(({ app, endpoint, change }) => `${app} ${endpoint} ${change}`).sort()).toEqual([
      'express hello unchanged',
      'express lookup unchanged',
      'koa hello unchanged',
      'koa lookup unchanged',
    ])
    expect(cells.every(({ ratioOfRatios }) => ratioOfRatios.value === 1)).toBe(true)
  })
})
