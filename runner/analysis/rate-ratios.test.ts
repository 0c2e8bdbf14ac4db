import { expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import type { MeasuredCell } from '../result/model.ts'
import { rateRatios } from './relative.ts'

const some = fixtureResult().cells.find((cell) => cell.state === 'measured')!
/** A cell with these requests/s, by round from 1; null: the round is missing. */
function cell(rates: readonly (number | null)[]): MeasuredCell {
  const perRound = rates.flatMap((requestsPerSecond, index) =>
    requestsPerSecond === null ? [] : [{ ...some.perRound[0]!, round: index + 1, requestsPerSecond }],
  )
  return { ...some, perRound }
}

it('pairs rates by round: what moves both of a round moves no ratio', () => {
  const [ratio] = rateRatios([cell([200, 20, 2000])], cell([100, 10, 1000]))
  expect(ratio!.value).toBeCloseTo(2, 12)
  expect(ratio!.high! / ratio!.low!).toBeCloseTo(1, 9)
})

it('has the t interval of the mean of the log ratios, at the level requested', () => {
  const logs = [0.1, 0.2, 0.3]
  const [usual, wider] = [0.95, 0.99].map((level) => rateRatios([cell(logs.map(Math.exp))], cell([1, 1, 1]), level)[0]!)
  // Mean 0.2, deviation 0.1; t of 2 degrees of freedom is 4.303 and 9.925.
  expect(Math.log(usual!.value)).toBeCloseTo(0.2, 12)
  expect(Math.log(usual!.high!) - 0.2).toBeCloseTo((4.303 * 0.1) / Math.sqrt(3), 4)
  expect(Math.log(wider!.high!) - 0.2).toBeCloseTo((9.925 * 0.1) / Math.sqrt(3), 4)
})

it('uses rounds that both have, says no interval of one, and nothing of none', () => {
  const [one, none] = rateRatios([cell([null, 6, 9]), cell([7, null, null])], cell([null, 3, null]))
  expect(one).toEqual({ value: expect.closeTo(2), low: null, high: null, level: 0.95 })
  expect(none).toBeNull()
})
