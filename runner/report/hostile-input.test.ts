import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { compareOptions, withDefaults } from '../measure/options.ts'
import { UserError } from '../result/errors.ts'
import { parseResult, renderJson } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { list, number, wholeNumber } from '../result/option-values.ts'
import { csvField, renderCsv } from './csv.ts'
import { cellTable, referenceViews } from './html/cell-table.ts'
import { renderMarkdown, renderTerminal } from './run-report.ts'

/** Everything that has ever broken a table, a page or a terminal. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '=cmd|calc',
    '+1+1',
    '@SUM(A1)',
    '-2+3',
    '\t=1',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</script><b>',
    '\u001b[2J\u001b[31m',
    '\u009b31m',
    'a\r\nb\nc',
    '| a | b |',
    '`x` [y](javascript:z) ![w](v)',
    '\u202egnp.exe',
    '$& $1 $<x> $`',
    '\u0000',
    '__proto__',
    'x'.repeat(100_000),
  ),
)

/** The fixture with texts of strangers in every place where an app has a say. */
function withTexts(text: string): Result {
  const result = fixtureResult()
  return {
    ...result,
    apps: result.apps.map((app) => (app.id === 'koa' ? { ...app, title: text, version: text, package: text, given: text } : app)),
    cells: result.cells.map((cell) => ({
      ...cell,
      findings: [{ code: text, severity: 'suspect', message: text, advice: text, facts: { text } }],
      ...(cell.state === 'failed' ? { reason: text, lastLines: [text, text] } : {}),
    })),
  }
}

/** Characters that steer a terminal, line breaks aside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('texts of strangers', () => {
  it('steer no terminal', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(renderTerminal(withTexts(text), { colour: false, width: 120 })).not.toMatch(STEERING)
      }),
      { numRuns: 40 },
    )
  })

  it('open no tag in Markdown, and no other column', () => {
    const columns = (line: string) => line.replace(/\\\|/g, '').split('|').length
    const usual = renderMarkdown(withTexts('plain'))
    const widths = new Set(
      usual
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .map(columns),
    )
    fc.assert(
      fc.property(nasty, (text) => {
        const page = renderMarkdown(withTexts(text))
        expect(page.replace(/```[\s\S]*?```/g, '')).not.toMatch(/<(script|img|b)\b/i)
        for (const line of page.split('\n')) if (line.startsWith('| ')) expect(widths).toContain(columns(line))
      }),
      { numRuns: 40 },
    )
  })

  it('open no tag in the page, and do not end its data', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const result = withTexts(text)
        expect(cellTable(result)).not.toMatch(/<(script|img|b)\b/i)
        expect(referenceViews(result)).not.toContain('<')
        expect(() => JSON.parse(referenceViews(result))).not.toThrow()
      }),
      { numRuns: 40 },
    )
  })

  it('are no formula and no second record in CSV', () => {
    const lines = renderCsv(fixtureResult()).split('\r\n').length
    fc.assert(
      fc.property(nasty, (text) => {
        const csv = renderCsv(withTexts(text))
        expect(csv.split('\r\n')).toHaveLength(lines)
        const field = csvField(text)
        expect(field.replace(/^"/, '')).not.toMatch(/^[=@\t\r]/)
      }),
      { numRuns: 40 },
    )
  })

  it('come back from result.json as they were', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const result = withTexts(text.toWellFormed())
        expect(parseResult(renderJson(result), 'here')).toEqual(result)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the reader of results', () => {
  const whole = renderJson(fixtureResult())

  it('takes a result or says in one sentence why not, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.nat(whole.length).map((end) => whole.slice(0, end)),
        ),
        (text) => {
          try {
            expect(parseResult(text, 'here').format).toBe(1)
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
            expect((error as UserError).message).not.toContain('\n')
          }
        },
      ),
    )
  })

  it('finds every field that was replaced by something else', () => {
    const value = JSON.parse(whole) as Record<string, unknown>
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(value)), fc.constantFrom(null, -1.5, 'x', [], {}, true), (key, other) => {
        try {
          parseResult(JSON.stringify({ ...value, [key]: other }), 'here')
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})

describe('option values', () => {
  const parsers = [...compareOptions.flatMap(({ parse }) => (parse === undefined ? [] : [parse])), list]

  it('are taken or refused with a sentence, never with anything else', () => {
    fc.assert(
      fc.property(nasty, fc.constantFrom(...parsers), (text, parse) => {
        try {
          parse(text)
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('are inside their limits when they are numbers', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.double().map(String), fc.integer().map(String)), (text) => {
        for (const parse of [number('--x', 0.5, 9), wholeNumber('--x', 1, 9)]) {
          try {
            const value = parse(text)
            expect(value).toBeGreaterThanOrEqual(0.5)
            expect(value).toBeLessThanOrEqual(9)
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('name a folder, or are refused', () => {
    for (const out of ['', '  ', 'a\0b']) expect(() => withDefaults({ out }, ['koa'], 1)).toThrow('--out must name a folder')
  })
})
