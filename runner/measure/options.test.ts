import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endpointIds } from '../../apps/app.ts'
import { UserError } from '../result/errors.ts'
import { type CompareOptions, compareOptions, DEFAULT_SLICE_MILLISECONDS, withDefaults } from './options.ts'

const APPS = ['node-http', 'koa']
const defaults = (given: Partial<CompareOptions> = {}) => withDefaults(given, APPS, 123)

describe('compareOptions', () => {
  it('have unique flags, a description and a default to show', () => {
    expect(new Set(compareOptions.map(({ flags }) => flags.split(' ')[0])).size).toBe(compareOptions.length)
    for (const { flags, description, shownDefault } of compareOptions) {
      expect(flags).toMatch(/^--[a-z]+(-[a-z]+)*( <[a-z]+>)?$/)
      expect(description).toMatch(/^[^A-Z].*[^.]$/)
      expect(shownDefault).not.toBe('')
    }
  })

  it('parse exactly those that take a value', () => {
    for (const { flags, parse } of compareOptions) expect(parse !== undefined).toBe(flags.includes('<'))
  })

  it('make a value or a UserError of whatever they are given', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...compareOptions),
        fc.oneof(fc.string({ unit: 'binary' }), fc.double().map(String), fc.constantFrom(...endpointIds)),
        (row, text) => {
          try {
            row.parse?.(text)
          } catch (error) {
            if (!(error instanceof UserError)) throw error
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('accept what they show as their own default', () => {
    const shown = compareOptions.filter(({ flags, shownDefault }) => flags.includes('<n') && /^[\d.]+$/.test(shownDefault!))
    expect(shown.length).toBeGreaterThan(1)
    for (const { parse, shownDefault } of shown) expect(parse!(shownDefault!)).toBe(Number(shownDefault))
    const row = (name: string) => compareOptions.find(({ flags }) => flags.startsWith(name))!
    expect(row('--endpoints').parse!(row('--endpoints').shownDefault!)).toEqual(defaults().endpoints)
    expect(row('--connections').shownDefault).toBe(String(defaults().connections))
    expect(row('--precision').shownDefault).toBe(String(defaults().precision))
    expect(row('--max-minutes').shownDefault).toBe(String(defaults().maxMinutes))
    expect(row('--slice').shownDefault).toContain(String(DEFAULT_SLICE_MILLISECONDS))
    expect(row('--out').shownDefault).toBe(defaults().out)
    expect(row('--transport').shownDefault).toBe(defaults().transport)
    expect(row('--driver').shownDefault).toBe(defaults().driver)
  })
})

describe('withDefaults', () => {
  it('fills in all that is missing and keeps all that is given', () => {
    expect(defaults()).toMatchObject({
      apps: APPS,
      endpoints: endpointIds,
      seed: 123,
      rounds: null,
      lanes: null,
      blocks: null,
      warmUp: null,
      quick: false,
      json: false,
    })
    const given: CompareOptions = {
      apps: ['koa'],
      baseline: 'express',
      endpoints: ['lookup'],
      ownEndpoints: [],
      givenEndpoints: null,
      connections: 3,
      transport: 'unix',
      nodeFlags: ['--no-opt'],
      precision: 0.7,
      maxMinutes: 4,
      rounds: 5,
      lanes: 2,
      quick: true,
      driver: 'fake',
      seed: 0,
      out: 'elsewhere',
      json: true,
      slice: 7,
      blocks: 9,
      warmUp: 0.3,
    }
    expect(defaults(given)).toEqual(given)
  })

  it('takes a coarser precision and less time for a quick look, unless told otherwise', () => {
    const quick = defaults({ quick: true })
    expect(quick.precision).toBeGreaterThan(defaults().precision)
    expect(quick.maxMinutes).toBeLessThan(defaults().maxMinutes)
    expect(defaults({ quick: true, precision: 0.5 })).toMatchObject({ precision: 0.5, maxMinutes: quick.maxMinutes })
  })

  it('keeps the time limit with an exact number of rounds: what is not reached is found', () => {
    expect(defaults({ rounds: 100 }).maxMinutes).toBe(defaults().maxMinutes)
    expect(defaults({ rounds: 100, quick: true }).maxMinutes).toBe(3)
    expect(defaults({ rounds: 100, maxMinutes: 1 }).maxMinutes).toBe(1)
  })

  it('asks for an endpoint once', () => {
    expect(defaults({ endpoints: ['hello', 'lookup', 'hello'] }).endpoints).toEqual(['hello', 'lookup'])
  })

  it.each(['', '  ', 'a\0b'])('refuses to write to %j', (out) => {
    expect(() => defaults({ out })).toThrow(/--out must name a folder/)
  })
})
