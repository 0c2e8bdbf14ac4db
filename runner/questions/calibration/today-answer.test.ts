import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { todayPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { narrowings, readProcedures, today } from './today.ts'

const said = (part = todayPart()) => saidBy(today, part)

describe('what is said of what people do today', () => {
  it('is how much narrower the suite is, and how often the others are wrong', () => {
    const { judged, sentences, answer } = said()
    expect(judged[0]?.outcome).toBe('met')
    expect(judged[0]?.measured).toMatch(/^koa \d+ × \/ \d+ × and express \d+ × \/ \d+ × /)
    expect(sentences).toMatch(
      /^Repetitions with a wrong order of node-http, koa and express, and with .* "autocannon, one after another" 0 of 6 and 6 of 6; "this suite" 0 of 6 and 0 of 6\.$/m,
    )
    expect(answer?.effort).toBe('5 procedures, 6 repetitions each, taken in turns in random order')
  })

  it('follows the numbers', () => {
    expect(said(todayPart({ suiteSpread: 0.02 })).outcomes).toEqual(['not met'])
    const part = todayPart()
    part.procedures[0]!.repetitions[0]!.requestsPerSecond.express = 1e6
    expect(said(part).sentences).toContain('"autocannon, one after another" 1 of 6')
  })

  it('has every repetition of every server in its chart', async () => {
    const [svg] = await drawn(said().charts)
    expect(countMarks(svg!, 'symbol')).toBe(5 * 6 * 3)
    expect(textsOf(svg!)).toEqual(
      expect.arrayContaining(['node-http again', 'koa', 'express', 'this suite', 'fastify/benchmarks']),
    )
  })

  it('has a row per procedure and what it is judged by', () => {
    const { rows } = said().answer!.tables[0]!
    expect(rows).toHaveLength(10)
    expect(rows.at(-1)?.slice(0, 3)).toEqual(['this suite', 'CPU µs', 6])
    expect(rows.at(-1)?.[4]).toMatch(/; printed ±0\.\d+ %$/)
  })

  it('tells what gave no number, was done only once, or not at all', async () => {
    const part = todayPart()
    part.procedures[3] = { ...part.procedures[3]!, what: 'left out: wrk is not installed', repetitions: [] }
    part.procedures[2]!.repetitions.splice(1)
    part.procedures[1]!.repetitions = part.procedures[1]!.repetitions.map((one) => ({
      ...one,
      requestsPerSecond: { ...one.requestsPerSecond, koa: 0 },
    }))
    const { answer, charts } = said(part)
    expect(answer?.limits).toEqual([
      'fastify/benchmarks gave no number for one of the servers.',
      'autocannon, interleaved was done only once, which says nothing about its spread.',
      'Not measured: wrk, one after another (left out: wrk is not installed).',
    ])
    expect(countMarks((await drawn(charts))[0]!, 'symbol')).toBe((6 + 1 + 6) * 3)
  })

  it('judges nothing without the suite, without a second repetition, or without anything', () => {
    const part = todayPart()
    expect(said({ ...part, procedures: part.procedures.slice(4) }).outcomes).toEqual([null])
    expect(said(todayPart({ repetitions: 1 })).outcomes).toEqual([null])
    expect(said({ ...part, procedures: [] }).answer).toBeNull()
  })
})

it('narrowing is one half-width over the other', () => {
  const part = todayPart()
  const [autocannon, , , , suite] = readProcedures(part)
  const all = narrowings(suite!.reading, autocannon!.reading)
  const koa = autocannon!.reading.spreads.find(({ server }) => server === 'koa')!.halfWidthPercent!
  expect(all.map(({ server }) => server)).toEqual(['koa', 'express'])
  expect(all[0]?.byPrinted).toBeCloseTo(koa / suite!.reading.spreads[1]!.printedPercent!, 9)
})
