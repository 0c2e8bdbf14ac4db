import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UserError } from './errors.ts'
import { chosenFrom, folder, list, number, wholeNumber } from './option-values.ts'
import { nearest } from './plain-text.ts'

/** What a parser makes of a text: its value, or the mistake; anything else it throws fails the test. */
function outcome<T>(parse: (text: string) => T, text: string): { value: T } | { error: UserError } {
  try {
    return { value: parse(text) }
  } catch (error) {
    if (error instanceof UserError) return { error }
    throw error
  }
}

describe('wholeNumber', () => {
  const parse = wholeNumber('--rounds', 2, 1000)

  it.each([
    ['2', 2],
    ['1000', 1000],
    [' 7 ', 7],
    ['1e2', 100],
  ])('takes "%s"', (text, value) => expect(parse(text)).toBe(value))

  it.each(['1', '1001', '2.5', '', ' ', 'many', 'NaN', 'Infinity', '-3', '7 8', '1_000', '٣'])('refuses "%s"', (text) => {
    const { error } = outcome(parse, text) as { error: UserError }
    expect(error.message).toBe(`--rounds takes a whole number from 2 to 1000, not "${text}"`)
    expect(error).toMatchObject({ code: 'bad-value', exitStatus: 2, hint: 'for example --rounds 2' })
  })
})

describe('number', () => {
  const parse = number('--precision', 0.01, 100)

  it.each([
    ['0.01', 0.01],
    ['100', 100],
    ['.5', 0.5],
  ])('takes "%s"', (text, value) => expect(parse(text)).toBe(value))

  it.each(['0', '100.1', '', 'one', 'Infinity', '-1', '1,5', '1%'])('refuses "%s"', (text) => {
    expect(outcome(parse, text)).toMatchObject({ error: { code: 'bad-value', hint: 'for example --precision 0.01' } })
  })
})

describe('list', () => {
  it.each([
    ['koa', ['koa']],
    ['koa,express', ['koa', 'express']],
    [' koa , ./my app/app.ts ', ['koa', './my app/app.ts']],
  ])('reads "%s"', (text, names) => expect(list(text)).toEqual(names))

  it.each(['', ',', 'koa,', ',koa', 'koa,,express', ' '])('refuses "%s"', (text) => {
    expect(outcome(list, text)).toMatchObject({ error: { code: 'bad-value' } })
  })
})

describe('folder', () => {
  it.each(['results', ' a b ', '../elsewhere', '/', 'a-b', './-x', '=1+1', '$(id)', 'ü'])('takes "%s" as it is', (text) => {
    expect(folder('--out')(text)).toBe(text)
  })

  it.each([
    ['', 'for example --out results'],
    ['  ', 'for example --out results'],
    ['a\0b', 'for example --out results'],
    ['-x', 'for example --out ./-x'],
    ['--json', 'for example --out ./--json'],
  ])('refuses %j', (text, hint) => {
    const message = `--out must name a folder, not ${JSON.stringify(text)}`
    expect(outcome(folder('--out'), text)).toMatchObject({ error: { code: 'bad-value', message, hint } })
  })
})

describe('chosenFrom', () => {
  const known = ['hello', 'template', 'lookup'] as const

  it('takes a known name, exactly', () => {
    expect(chosenFrom('endpoint', known, 'lookup')).toBe('lookup')
  })

  it('suggests the nearest name for a slip, and lists all', () => {
    const { error } = outcome((text) => chosenFrom('endpoint', known, text), 'helo') as { error: UserError }
    expect(error.message).toBe('unknown endpoint "helo"')
    expect(error.hint).toBe('did you mean "hello"? known endpoints are hello, template, lookup')
  })

  it.each(['', 'zzz', 'HELLO WORLD', 'constructor', '__proto__'])('does not guess for "%s"', (text) => {
    const { error } = outcome((given) => chosenFrom('endpoint', known, given), text) as { error: UserError }
    expect(error).toMatchObject({ code: 'unknown-endpoint', hint: 'known endpoints are hello, template, lookup' })
  })
})

describe('nearest', () => {
  it('is the known name that a slip may have meant, or null', () => {
    expect(nearest('expres', ['koa', 'express'])).toBe('express')
    expect(nearest('bun', ['koa', 'express'])).toBeNull()
    expect(nearest('koa', [])).toBeNull()
    expect(nearest('', ['a'])).toBeNull()
  })
})

describe('any text', () => {
  it('is a value within the limits or a UserError of one sentence with a hint, never anything else', () => {
    const parsers: [(text: string) => unknown, (value: never) => boolean][] = [
      [wholeNumber('--n', -5, 5), (value: number) => Number.isInteger(value) && value >= -5 && value <= 5],
      [number('--x', 0.1, 9), (value: number) => value >= 0.1 && value <= 9],
      [list, (value: string[]) => value.length > 0 && value.every((name) => name !== '' && name === name.trim())],
      [(text) => chosenFrom('thing', ['one', 'two'], text), (value: string) => value === 'one' || value === 'two'],
    ]
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.constantFrom('one', 'tow', '0x3'),
    )
    fc.assert(
      fc.property(texts, fc.constantFrom(...parsers), (text, [parse, holds]) => {
        const result = outcome(parse, text)
        if ('value' in result) expect(holds(result.value as never)).toBe(true)
        else {
          expect(result.error.exitStatus).toBe(2)
          expect(result.error.hint).toBeTruthy()
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
