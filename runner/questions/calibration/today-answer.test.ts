import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { todayPart } from '../../fixtures/fixture-today.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { TodayPart } from './data.ts'
import { today } from './today.ts'
import { narrowings, readProcedures } from './today-reading.ts'

const said = (part = todayPart()) => saidBy(today, part)

describe('what is said of what people do today', () => {
  it('is how much narrower the suite is, and how often the others are wrong', () => {
    const { judged, sentences, answer } = said()
    expect(judged[0]?.outcome).toBe('met')
    expect(judged[0]?.measured).toMatch(/^koa \d+ \[\d+, \d+\] and express \d+ \[[\d.]+, \d+\] times less$/)
    expect(sentences).toMatch(
      /^Repetitions of 45 s with a wrong order of node-http, koa and express, and with .* "autocannon, one after another" 0 of 6 and 4 of 6; "this suite" 0 of 6 and 0 of 6\.$/m,
    )
    expect(answer?.effort).toBe(
      '5 procedures, 6 repetitions of 45 s each, 3 procedures, 6 repetitions of 5 min each, taken in turns in random order',
    )
  })

  it('follows the numbers', () => {
    expect(said().outcomes).toEqual(['met', 'met', 'met', 'met'])
    expect(said(todayPart({ suiteSpread: 0.05 })).outcomes).toEqual(['not met', 'not met', 'not met', 'not met'])
    expect(said(todayPart({ lengths: [45] })).outcomes).toEqual(['met', null, 'met', null])
    const part = todayPart()
    part.procedures[0]!.repetitions[0]!.requestsPerSecond.express = 1e6
    expect(said(part).sentences).toContain('"autocannon, one after another" 1 of 6')
  })

  it('has every repetition of every server in its chart', async () => {
    const [svg] = await drawn(said().charts)
    expect(countMarks(svg!, 'symbol')).toBe((5 + 3) * 6 * 3)
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
    const part = todayPart({ lengths: [45] })
    part.procedures[3] = { ...part.procedures[3]!, what: 'left out: wrk is not installed', repetitions: [] }
    part.procedures[2]!.repetitions.splice(1)
    part.procedures[1]!.repetitions = part.procedures[1]!.repetitions.map((one) => ({
      ...one,
      requestsPerSecond: { ...one.requestsPerSecond, koa: 0 },
    }))
    const { answer, charts } = said(part)
    expect(answer?.limits).toEqual([
      'fastify/benchmarks (45 s) gave no number for one of the servers.',
      'autocannon, interleaved runs (45 s) was done only once, which says nothing about its spread.',
      'Not measured: wrk, one after another (45 s): left out: wrk is not installed.',
    ])
    expect(countMarks((await drawn(charts))[0]!, 'symbol')).toBe((6 + 1 + 6) * 3)
  })

  it('judges nothing without the suite, without a second repetition, or without anything', () => {
    const part = todayPart()
    const procedures = part.procedures.filter(({ id }) => id !== 'suite')
    const nothing = [null, null, null, null]
    expect(said({ ...part, procedures }).outcomes).toEqual(nothing)
    expect(said(todayPart({ repetitions: 1 })).outcomes).toEqual(nothing)
    expect(said({ ...part, procedures: [] }).answer).toBeNull()
  })

  it('tells of a goal that was missed what the rounds of the suite could have had, and whether chance may have done it', () => {
    const { judged } = said(todayPart({ suiteSpread: 0.008 }))
    expect(judged[0]).toEqual({
      outcome: 'not met',
      measured: expect.stringMatching(
        /^koa [\d.]+ \[.*\] times less; chance alone may have done that; limit: rounds that differ as those of the suite do give in 4 rounds ±1\.0 % on express \(8\.5 times less\)$/,
      ),
    })
    expect(said(todayPart({ suiteSpread: 0.1 })).judged[0]?.measured).not.toContain('chance')
  })

  it('says which width of interleaved runs is right, and what processes leave to everybody', () => {
    const { sentences } = said()
    expect(sentences).toMatch(
      /^Processes of one server differ\. .* on koa by ±3\.0 % at least, 27 rounds of the suite in 5 min by ±0\.4 %; on express/m,
    )
    expect(sentences).toMatch(/^After 5 min, the passes of one repetition .*: koa ±0\.\d+ % and ±\d %/m)
  })

  it('shows widths against time, a chart per server and a table with the limits', async () => {
    const { answer, charts } = said()
    expect(charts.map(({ id, reference }) => [id, reference == null])).toEqual([
      ['today', true],
      ...[1, 2, 3].map((server) => [`today-width-${server}`, false]),
    ])
    // At 45 s and 1, 2 and 5 min; runs one after another know nothing on their way.
    expect(countMarks((await drawn(charts))[2]!, 'symbol')).toBe(2 + 5 * 4)
    const { columns, rows } = answer!.tables.at(-1)!
    expect(columns.map(({ head }) => head).slice(3)).toEqual(['45 s', '1 min', '2 min', '5 min'])
    expect(rows.filter(([server]) => server === 'koa').map(([, ...row]) => row.slice(0, 2).join(': '))).toEqual([
      'autocannon, one after another: spread',
      'fastify/benchmarks: spread',
      'autocannon, interleaved runs: spread',
      'autocannon, interleaved runs: own interval',
      'wrk, one after another: spread',
      'this suite: spread',
      'this suite: own interval',
      'this suite: limit',
      'one process of each server: limit',
    ])
  })

  it('reads a part of one length without a course, as older files have it', () => {
    const { head, servers, procedures } = todayPart({ lengths: [45] })
    const older = procedures.map(({ seconds, repetitions, ...one }) => ({
      ...one,
      repetitions: repetitions.map(({ course, processDeviation, ...repetition }) => repetition),
    }))
    const part = TodayPart.parse({ part: 'today', head, servers, procedures: older })
    const { outcomes, charts, answer } = said(part)
    expect(outcomes).toEqual(['met', null, 'met', null])
    expect(charts.map(({ id }) => id)).toEqual(['today'])
    expect(answer!.tables[1]!.rows.map(([, procedure, width]) => `${procedure}: ${width}`)).toContain('this suite: own interval')
  })
})

it('narrowing is one half-width over the other', () => {
  const part = todayPart()
  const [autocannon, , , , suite] = readProcedures(part)
  const all = narrowings(suite!.reading, autocannon!.reading)
  const koa = autocannon!.reading.spreads.find(({ server }) => server === 'koa')!.halfWidthPercent!
  expect(all.map(({ server }) => server)).toEqual(['koa', 'express'])
  expect(all[0]?.byPrinted).toBeCloseTo(koa / suite!.reading.spreads[1]!.printedPercent!, 9)
  const { value, low, high } = all[0]!.bySpread!
  expect(value).toBeCloseTo(koa / suite!.reading.spreads[1]!.halfWidthPercent!, 9)
  // The quantile of F with 5 and 5 degrees of freedom is 7.15.
  expect(high / value).toBeCloseTo(Math.sqrt(7.15), 0)
  expect(low).toBeCloseTo(value ** 2 / high, 9)
})
