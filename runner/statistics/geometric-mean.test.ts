import * as simple from 'simple-statistics'
import { expect, it } from 'vitest'
import { meanLogOverEndpoints } from './geometric-mean.ts'

it('is the log of the geometric mean of the ratios, round by round', () => {
  const ratios = [
    [1.1, 1.2],
    [2, 1.9],
    [1.5, 1.4],
  ]
  const rounds = meanLogOverEndpoints(ratios.map((endpoint) => endpoint.map(Math.log)))
  expect(Math.exp(rounds[0]!)).toBeCloseTo(simple.geometricMean([1.1, 2, 1.5]), 12)
  expect(Math.exp(rounds[1]!)).toBeCloseTo(simple.geometricMean([1.2, 1.9, 1.4]), 12)
})

it('misses the rounds that any endpoint misses', () => {
  expect(
    meanLogOverEndpoints([
      [1, Number.NaN, 3, 4],
      [3, 4, 5],
    ]),
  ).toEqual([2, Number.NaN, 4, Number.NaN])
})

it('of one endpoint is that endpoint, and of none is nothing', () => {
  expect(meanLogOverEndpoints([[0.1, 0.2]])).toEqual([0.1, 0.2])
  expect(meanLogOverEndpoints([])).toEqual([])
  expect(meanLogOverEndpoints([[], []])).toEqual([])
})
