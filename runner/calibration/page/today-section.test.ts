import { describe, expect, test } from 'vitest'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { todayPart } from '../fixture-parts.ts'
import { drawn } from './drawn.ts'
import { leastNarrowing, narrowings, readProcedures } from './today-readings.ts'
import { todaySection } from './today-section.ts'

describe('the section on what people do today', () => {
  test('says how much narrower the suite is, and what came out wrong', () => {
    const { body, goals } = todaySection([todayPart()])
    expect(goals).toHaveLength(1)
    expect(goals[0]?.outcome).toBe('met')
    expect(body?.answer).toMatch(/koa \d+ × \/ \d+ × and express \d+ × \/ \d+ × .*; goal: at least 10 ×: met\./)
    expect(body?.answer).toContain('with a wrong order of node-http, koa and express, and with')
    expect(body?.answer).toMatch(/"autocannon, one after another" 0 of 6 and 6 of 6; "this suite" 0 of 6 and 0 of 6\.$/)
    expect(body?.effort).toBe('5 procedures, 6 repetitions each, taken in turns in random order')
  })

  test('words follow the numbers: a suite that scatters does not meet the goal, whatever intervals it prints', () => {
    const { body, goals } = todaySection([todayPart({ suiteSpread: 0.02 })])
    expect(goals[0]?.outcome).toBe('not met')
    expect(body?.answer).toContain('goal: at least 10 ×: not met.')
  })

  test('wrong orders are counted', () => {
    const part = todayPart()
    part.procedures[0]!.repetitions[0]!.requestsPerSecond.express = 1e6
    expect(todaySection([part]).body?.answer).toContain('"autocannon, one after another" 1 of 6')
  })

  test('every repetition of every procedure is in the chart', async () => {
    const [svg] = await drawn(todaySection([todayPart()]))
    expect(countMarks(svg!, 'symbol')).toBe(5 * 6 * 3)
    expect(textsOf(svg!)).toEqual(
      expect.arrayContaining(['node-http again', 'koa', 'express', 'this suite', 'fastify/benchmarks']),
    )
  })

  test('the table has a row per procedure and way of judging', () => {
    const table = todaySection([todayPart()]).body!.blocks.find(
      (block) => typeof block === 'string' && block.startsWith('| procedure'),
    )
    expect(String(table).split('\n')).toHaveLength(2 + 10)
    expect(table).toMatch(/\| this suite \| CPU µs \| 6 \| 4\d s \| .*; printed ±0\.\d+ %/)
  })

  test('what was left out, done once or gave no number is told', async () => {
    const part = todayPart()
    part.procedures[3] = { ...part.procedures[3]!, what: 'left out: wrk is not installed', repetitions: [] }
    part.procedures[2]!.repetitions.splice(1)
    part.procedures[1]!.repetitions = part.procedures[1]!.repetitions.map((one) => ({
      ...one,
      requestsPerSecond: { ...one.requestsPerSecond, koa: 0 },
    }))
    const section = todaySection([part])
    expect(section.body?.notReached).toEqual([
      'fastify/benchmarks gave no number for one of the servers.',
      'autocannon, interleaved was done only once, which says nothing about its spread.',
      'Not measured: wrk, one after another (left out: wrk is not installed).',
    ])
    expect(countMarks((await drawn(section))[0]!, 'symbol')).toBe((6 + 1 + 6) * 3)
  })

  test('without sequential autocannon or with one repetition there is nothing to compare', () => {
    const part = todayPart()
    const suiteOnly = todaySection([{ ...part, procedures: part.procedures.slice(4) }])
    expect(suiteOnly.goals[0]?.outcome).toBe('not measured')
    expect(suiteOnly.body?.answer).toMatch(/^There are not enough repetitions to compare widths\./)
    expect(todaySection([todayPart({ repetitions: 1 })]).goals[0]?.outcome).toBe('not measured')
    expect(todaySection([{ ...part, procedures: [] }]).body).toBeNull()
  })
})

test('narrowing by hand: the smallest of all servers and both ways', () => {
  const part = todayPart()
  const [autocannon, , , , suite] = readProcedures(part)
  const all = narrowings(part, suite!, autocannon!.reading)
  const koa = autocannon!.reading.spreads.find(({ server }) => server === 'koa')!.halfWidthPercent!
  expect(all.map(({ server }) => server)).toEqual(['koa', 'express'])
  expect(all[0]?.byPrinted).toBeCloseTo(koa / suite!.figures.ownHalfWidthPercent!.koa!, 9)
  expect(leastNarrowing(all)).toBe(Math.min(...all.flatMap(({ byPrinted, bySpread }) => [byPrinted!, bySpread!])))
  expect(leastNarrowing([])).toBeNull()
  expect(leastNarrowing([{ server: 'koa', otherPercent: 5, byPrinted: null, bySpread: 12 }])).toBe(12)
})
