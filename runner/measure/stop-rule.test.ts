import { describe, expect, it } from 'vitest'
import { stopRule as rule } from '../fixtures/plans.ts'
import { type Forecast, mayStart, type StopRule, stopAfter } from './round-sizes.ts'

const forecast = (of: Partial<Forecast> = {}): Forecast => ({
  rounds: 8,
  meanRoundNs: 10e9,
  precision: halfWidth(0.005),
  ...of,
})
const halfWidth = (widestHalfWidth: number, rounds = 6) => ({
  rounds,
  widestHalfWidth,
  widestCell: 'koa hello',
  roundsNeeded: null,
  variances: [],
})

describe('stopAfter', () => {
  it('ends when only the baseline is left, but not before the least number of rounds', () => {
    const rule: StopRule = { rounds: null, precision: 0.01, minimumRounds: 6, maximumNs: 60e9 }
    const alone = { precision: null }
    expect(stopAfter(forecast({ ...alone, rounds: 5 }), rule)).toBeNull()
    expect(stopAfter(forecast({ ...alone, rounds: 6 }), rule)).toBe('only-baseline')
  })

  it.each([
    ['precise enough', {}, {}, 'precision'],
    ['exactly as precise as wanted', { precision: halfWidth(0.01) }, {}, 'precision'],
    ['not precise enough', { precision: halfWidth(0.0101) }, {}, null],
    ['precise too early', { rounds: 5 }, {}, null],
    ['precise after the least number of rounds', { rounds: 6 }, {}, 'precision'],
    ['precise, but too many rounds do not count', { precision: halfWidth(0.005, 5) }, {}, null],
    ['no interval yet', { precision: halfWidth(Number.POSITIVE_INFINITY) }, {}, null],
    ['the number of rounds requested', { rounds: 3, precision: halfWidth(9) }, { rounds: 3, precision: null }, 'rounds'],
    ['one round short of it, however precise', { rounds: 2, precision: halfWidth(0) }, { rounds: 3, precision: null }, null],
    ['more rounds than requested', { rounds: 4 }, { rounds: 3, precision: null }, 'rounds'],
  ] as const)('%s', (_what, state, wanted, reason) => {
    expect(stopAfter(forecast(state), rule(wanted))).toBe(reason)
  })
})

describe('mayStart', () => {
  it('wants room for a round and a little more', () => {
    expect(mayStart(forecast({ meanRoundNs: 10e9 }), rule({ maximumNs: 100e9 }), 85e9)).toBe(true)
    expect(mayStart(forecast({ meanRoundNs: 10e9 }), rule({ maximumNs: 100e9 }), 90.1e9)).toBe(false)
    // The mean would just fit, but half of all rounds are longer.
    expect(mayStart(forecast({ meanRoundNs: 10e9 }), rule({ maximumNs: 100e9 }), 90e9)).toBe(false)
  })
})
