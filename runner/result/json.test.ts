import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { RunError, UserError } from './errors.ts'
import { parseResult, renderJson, renderJsonSchema } from './json.ts'

test('what is written is read back', () => {
  const text = renderJson(fixtureResult())
  expect(parseResult(text, 'result.json')).toEqual(fixtureResult())
  expect(text.startsWith('{\n  "format": 1,\n')).toBe(true)
  expect(text.endsWith('}\n')).toBe(true)
})

test('a file of an earlier suite is read, and what it lacks is not known', () => {
  const file = join(import.meta.dirname, '..', 'fixtures', 'result-format-1.json')
  const result = JSON.parse(readFileSync(file, 'utf8'))
  delete result.blocks
  for (const cell of result.cells) {
    for (const name of ['totalRatio', 'driftPercent', 'helperFallPercent', 'blocksKept', 'blocksPlanned']) delete cell[name]
    delete cell.latencyMicroseconds.mean
  }
  const read = parseResult(JSON.stringify(result), file)
  expect(read.blocks).toBeNull()
  expect(read.cells[0]).toMatchObject({
    typicalCost: null,
    typicalRatio: null,
    lateMicroseconds: null,
    driftPercent: null,
    helperFallPercent: null,
    blocksKept: null,
    blocksPlanned: null,
  })
  expect(read.cells[0]).toMatchObject({ latencyMicroseconds: { mean: null, p50: expect.any(Number) } })
})

test('a byte order mark does no harm', () => {
  expect(parseResult(`\uFEFF${renderJson(fixtureResult())}`, 'result.json').seed).toBe(42)
})

test('control characters are written as escapes', () => {
  const result = fixtureResult()
  result.apps[0]!.title = 'a\u001b\u007f\u009b\u2028b'
  const text = renderJson(result)
  expect(text.replaceAll('\n', '')).toMatch(/^[^\p{Cc}\p{Zl}]+$/u)
  expect(parseResult(text, 'x').apps[0]?.title).toBe('a\u001b\u007f\u009b\u2028b')
})

test('a result that does not fit the schema is not written', () => {
  const result = fixtureResult()
  if (result.cells[0]?.state === 'measured') result.cells[0].cost.value = Number.NaN
  expect(() => renderJson(result)).toThrow(RunError)
  expect(() => renderJson(result)).toThrow(/does not fit its own schema: cells\[0\]\.cost\.value: /)
})

describe('a file that cannot be read', () => {
  const edited = (changes: object) => JSON.stringify({ ...fixtureResult(), ...changes })
  test.each([
    ['cut off', renderJson(fixtureResult()).slice(0, 500), 'result-not-json', 'old/result.json is not complete JSON'],
    ['empty', '', 'result-not-json', 'old/result.json is not complete JSON'],
    ['null', 'null', 'result-foreign', 'old/result.json is JSON, but no result of this suite'],
    ['foreign', '{"name":"x"}', 'result-foreign', 'old/result.json is JSON, but no result of this suite'],
    ['a list', '[1]', 'result-foreign', 'old/result.json is JSON, but no result of this suite'],
    ['foreign with a format', '{"format":"esm"}', 'result-foreign', 'old/result.json is JSON, but no result of this suite'],
    [
      ...(['newer', edited({ format: 3 }), 'result-newer'] as const),
      'old/result.json has format 3, which a newer suite wrote; this one reads formats 1 and 2',
    ],
    [
      ...(['older', edited({ format: 0 }), 'result-older'] as const),
      'old/result.json has format 0, which is no longer read; this suite reads formats 1 and 2',
    ],
  ])('%s', (_, text, code, message) => {
    const error = thrownBy(() => parseResult(text, 'old/result.json'))
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({ code, message, exitStatus: 2, hint: expect.any(String) })
  })

  test('damaged: the place is named', () => {
    const error = thrownBy(() => parseResult(edited({ seed: 'x' }), 'a\nb'))
    expect(error).toMatchObject({ code: 'result-damaged' })
    expect(error).toHaveProperty('message', expect.stringMatching(/^a b does not fit the format: seed: .*number/))
  })
})

test('the schema speaks for itself alone', () => {
  const schema = JSON.parse(renderJsonSchema())
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' })
  expect(schema).not.toHaveProperty('$id')
  expect(schema).not.toHaveProperty('title')
  expect(schema.required).toEqual(Object.keys(fixtureResultKeys()))
})

function fixtureResultKeys(): object {
  return JSON.parse(renderJson(fixtureResult()))
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
