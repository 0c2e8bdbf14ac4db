import { describe, expect, it } from 'vitest'
import { type SoakPoint, soakFigures } from './soak.ts'

/** Rounds of half a minute; `grow` is MiB per hour of the runner. */
const points = (rounds: number, grow = 0, of: Partial<SoakPoint> = {}): SoakPoint[] =>
  Array.from({ length: rounds }, (_, round) => ({
    seconds: 30 * round,
    kept: 30 + (round % 2) / 10,
    runner: 100 + (grow * 30 * round) / 3600 + (round % 2),
    youngGeneration: 13,
    load: 120 + (round % 3),
    openFiles: 25,
    copies: (round % 2 === 0 ? 1 : -1) / 5,
    ...of,
  }))
const verdicts = (all: readonly SoakPoint[]) => Object.fromEntries(soakFigures(all).map(({ title, holds }) => [title, holds]))

describe('what has to be flat', () => {
  it('holds when it only jitters', () => {
    expect(verdicts(points(60))).toEqual({
      'memory that the runner keeps': true,
      'memory of the runner': true,
      'young generation of the runner': true,
      'memory of the load generator': true,
      'open files of the runner': true,
      'second copy of the baseline over the first': true,
    })
  })

  it('does not hold when it grows, and the slope is told per hour', () => {
    const runner = soakFigures(points(60, 300)).find(({ title }) => title === 'memory of the runner')
    expect(runner).toMatchObject({ title: 'memory of the runner', holds: false })
    expect(runner!.slopePerHour).toBeCloseTo(300, -1)
  })

  it('may be given back, but a drift of the copies is one either way', () => {
    expect(verdicts(points(60, -300))['memory of the runner']).toBe(true)
    const drifting = (way: number) =>
      points(60).map((point, round) => ({ ...point, copies: (way * round) / 10 + (round % 2) / 10 }))
    for (const way of [1, -1]) expect(verdicts(drifting(way))['second copy of the baseline over the first']).toBe(false)
  })

  it('finds what is kept, however little it is beside what is only not collected yet', () => {
    const all = points(60).map((point, round) => ({ ...point, kept: 30 + round / 5 }))
    expect(verdicts(all)).toMatchObject({ 'memory that the runner keeps': false, 'memory of the runner': true })
  })

  it('is not blamed after two minutes for what would be much in an hour', () => {
    const steep = (rounds: number) => points(rounds, 300).map((point, round) => ({ ...point, runner: 100 + 2.5 * round }))
    expect(verdicts(steep(5))['memory of the runner']).toBe(true)
    expect(verdicts(steep(20))['memory of the runner']).toBe(false)
  })

  it('is not blamed for the start, when caches fill', () => {
    const all = points(60).map((point, round) => (round < 14 ? { ...point, runner: 20 + 5 * round } : point))
    expect(verdicts(all)['memory of the runner']).toBe(true)
  })

  it('takes steps of the young generation for what they are, up to the limit that V8 sets to itself', () => {
    const stepsTo = (mebibytes: number) =>
      points(60).map((point, round) => ({ ...point, youngGeneration: round < 30 ? 13 : mebibytes }))
    expect(verdicts(stepsTo(36))).toMatchObject({ 'young generation of the runner': true, 'memory of the runner': true })
    expect(verdicts(stepsTo(120))['young generation of the runner']).toBe(false)
  })

  it('finds files that stay open', () => {
    const all = points(60).map((point, round) => ({ ...point, openFiles: 25 + round }))
    expect(verdicts(all)['open files of the runner']).toBe(false)
  })

  it('is left out where nothing is known, or too little', () => {
    expect(Object.keys(verdicts(points(60, 0, { load: null, copies: null })))).toEqual([
      'memory that the runner keeps',
      'memory of the runner',
      'young generation of the runner',
      'open files of the runner',
    ])
    expect(soakFigures(points(3))).toEqual([])
    expect(soakFigures([])).toEqual([])
  })
})
