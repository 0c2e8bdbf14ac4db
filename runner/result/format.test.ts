import { describe, expect, test } from 'vitest'
import { estimate } from '../fixtures/fixture-result.ts'
import {
  formatDuration,
  formatEstimate,
  formatHalfWidth,
  formatLevel,
  formatNumber,
  formatPlusMinusPercent,
  formatRank,
  formatRelativeWidth,
  formatShare,
} from './format.ts'

describe('digits follow the half-width', () => {
  test.each([
    [1.4671, 0.0121, '1.467 [1.455, 1.479]'],
    [1.00123, 0.0049, '1.001 [0.996, 1.006]'],
    [1.4671, 0.0354, '1.467 [1.432, 1.503]'],
    [1.4671, 0.0356, '1.47 [1.43, 1.50]'],
    [1.4671, 0.0999, '1.47 [1.37, 1.57]'],
    [61_234.5, 149, '61,230 [61,090, 61,380]'],
    [61_234.5, 449, '61,200 [60,800, 61,700]'],
    [1_234_567.8, 0.2, '1,234,567.80 [1,234,567.60, 1,234,568.00]'],
    [-0.04, 0.5, '0.0 [-0.5, 0.5]'],
    [1.5, 1e-12, '1.500000 [1.500000, 1.500000]'],
  ])('%d ± %d', (value, width, text) => {
    expect(formatEstimate(estimate(value, width))).toBe(text)
  })

  test('an asymmetric interval goes by its longer arm', () => {
    expect(formatEstimate({ value: 2, low: 1.999, high: 2.4, level: 0.95 })).toBe('2.0 [2.0, 2.4]')
  })

  test('an unknown end is a question mark', () => {
    expect(formatEstimate(estimate(1.46712, null))).toBe('1.47 [?, ?]')
    expect(formatEstimate({ value: 1.46712, low: 1.455, high: null, level: 0.95 })).toBe('1.467 [1.455, ?]')
    expect(formatEstimate(estimate(98_765.4, null))).toBe('98,765 [?, ?]')
    expect(formatHalfWidth(estimate(1.46712, null))).toBe('±?')
    expect(formatRelativeWidth(estimate(1.46712, null))).toBe('±? %')
  })

  test('an exact value has no interval', () => {
    expect(formatEstimate(estimate(1, 0))).toBe('1')
    expect(formatEstimate(estimate(0, 0))).toBe('0')
    expect(formatEstimate(estimate(1.2345, 0))).toBe('1.23')
  })
})

test('half-widths keep the digits of the value', () => {
  expect(formatHalfWidth(estimate(1.4, 0.12))).toBe('±0.12')
  expect(formatHalfWidth(estimate(1.4, 0.084))).toBe('±0.08')
})

test.each([
  [1.5, 0.012, '±0.8 %'],
  [-1.5, 0.012, '±0.8 %'],
  [1.5, 0.018, '±1.2 %'],
  [1.5, 0.9, '±60 %'],
  [0, 0.9, '±? %'],
])('relative half-width of %d ± %d is %s', (value, width, text) => {
  expect(formatRelativeWidth(estimate(value, width))).toBe(text)
})

test('percentages that are known already', () => {
  expect(formatPlusMinusPercent(1.834)).toBe('±1.8 %')
  expect(formatPlusMinusPercent(1)).toBe('±1.0 %')
  expect(formatPlusMinusPercent(null)).toBe('±? %')
})

test('numbers', () => {
  expect(formatNumber(999.5, 0)).toBe('1,000')
  expect(formatNumber(-1234.5, 1)).toBe('-1,234.5')
  expect(formatNumber(-0.001, 2)).toBe('0.00')
  expect(formatNumber(-40, -2)).toBe('0')
  expect(formatNumber(Number.NaN, 1)).toBe('?')
  expect(formatNumber(Infinity, 1)).toBe('?')
  expect(formatNumber(null, 1)).toBe('?')
})

test.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [125, '2 min 05 s'],
  [3599.6, '1 h 00 min'],
  [3720, '1 h 02 min'],
  [7199, '2 h 00 min'],
  [-1, '?'],
  [Number.NaN, '?'],
])('%d seconds is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test('shares, ranks and levels', () => {
  expect([0.973, 1, 0.0995, 0.0421, 0, null].map(formatShare)).toEqual(['97', '100', '10', '4.2', '0', '?'])
  expect(formatRank({ low: 2, high: 2 })).toBe('2')
  expect(formatRank({ low: 2, high: 3 })).toBe('2–3')
  expect(formatRank(null)).toBe('–')
  expect([0.95, 0.975, 0.9875].map(formatLevel)).toEqual(['95 %', '97.5 %', '98.75 %'])
})
