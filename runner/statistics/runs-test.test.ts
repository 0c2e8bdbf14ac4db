import { expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { countRuns, fewRunsP } from './two-groups.ts'

const marks = (text: string) => [...text].map((letter) => letter === 'H')

it('counts orders: 2 of 20 have two runs when there are three of each', () => {
  expect(fewRunsP(marks('LLLHHH'))).toBeCloseTo(2 / 20, 12)
  // Of three runs there are 2 × 2 more.
  expect(fewRunsP(marks('LLHHHL'))).toBeCloseTo(6 / 20, 12)
  expect(fewRunsP(marks('LHLHLH'))).toBeCloseTo(1, 12)
})

it('knows kinds of unequal numbers', () => {
  // One among four: at an end there are two runs, else three.
  expect(fewRunsP(marks('HLLLL'))).toBeCloseTo(2 / 5, 12)
  expect(fewRunsP(marks('LHLLL'))).toBeCloseTo(1, 12)
})

it('says nothing where all are equal, or nothing is there', () => {
  expect(fewRunsP(marks('LLL'))).toBe(1)
  expect(fewRunsP([])).toBe(1)
  expect(countRuns([])).toBe(0)
  expect(countRuns(marks('LLHLL'))).toBe(3)
})

it('is as rare as it says for random orders', () => {
  const { uniform } = seededRandom(3)
  const rare = Array.from({ length: 4_000 }, () => fewRunsP(Array.from({ length: 40 }, () => uniform() < 0.4))).filter(
    (p) => p < 0.05,
  )
  expect(rare.length / 4_000).toBeLessThan(0.055)
  expect(rare.length / 4_000).toBeGreaterThan(0.02)
})
