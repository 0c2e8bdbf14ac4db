import { describe, expect, it } from 'vitest'
import { fastifyBenchmarks, interleavedAutocannon, sequentialAutocannon, sequentialWrk } from './procedures.ts'
import { thisSuite } from './this-suite.ts'
import { lengthsThatFit } from './today-lengths.ts'

const PROCEDURES = [sequentialAutocannon, fastifyBenchmarks, interleavedAutocannon, sequentialWrk, thisSuite]
const MINUTE = 60_000
const planned = (minutes: number, wanted: number[] = [45, 300]) =>
  lengthsThatFit(wanted, PROCEDURES, minutes * MINUTE).map(({ seconds, procedures, share }) => [
    seconds,
    procedures.length,
    share,
  ])

describe('lengthsThatFit', () => {
  it('gives an hour to four repetitions of 45 s and three of 5 min', () => {
    expect(planned(60)).toEqual([
      [45, 5, 0.25],
      [300, 3, 0.75],
    ])
  })

  it('leaves a length out that is not had twice, and gives its time to the shorter one', () => {
    expect(planned(40).map(([seconds]) => seconds)).toEqual([45, 300])
    expect(planned(39.9)).toEqual([[45, 5, 1]])
  })

  it('shrinks the shortest one', () => {
    expect(planned(5)).toEqual([[30, 5, 1]])
    expect(planned(10, [300])).toEqual([[100, 3, 1]])
  })
})
