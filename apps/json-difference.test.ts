import { describe, expect, it } from 'vitest'
import { jsonFault, POINTER } from './json-difference.ts'

const order = {
  id: 1,
  'a/b': 'x',
  lines: [
    { no: 1, at: 'now' },
    { no: 2, at: 'then' },
  ],
  note: null,
}

function fault(actual: unknown, mayChange: readonly string[] = []) {
  return jsonFault(Buffer.from(typeof actual === 'string' ? actual : JSON.stringify(actual)), { value: order, mayChange })
}

describe('the difference of two JSON values', () => {
  it('is none whatever the order of members and the white space', () => {
    expect(fault(order)).toBeNull()
    expect(fault('{"note":null, "lines":[{"at":"now","no":1},{"at":"then","no":2}],\n"a/b":"x","id":1}')).toBeNull()
  })

  it.each<[unknown, string]>([
    [{ ...order, id: 2 }, '/id is 2, expected 1'],
    [{ ...order, id: '1' }, '/id is "1", expected 1'],
    [{ ...order, 'a/b': 'y' }, '/a~1b is "y", expected "x"'],
    [{ ...order, more: 1 }, '/more is not expected'],
    [{ ...order, note: undefined }, '/note is missing'],
    [{ ...order, note: {} }, '/note is an object, expected null'],
    [{ ...order, lines: {} }, '/lines is an object, expected an array'],
    [{ ...order, lines: order.lines.toReversed() }, '/lines/0/no is 2, expected 1'],
    [{ ...order, lines: [...order.lines, 3] }, '/lines/2 is not expected'],
    [{ ...order, lines: [order.lines[0]] }, '/lines/1 is missing'],
    [[], 'the whole is an array, expected an object'],
    ['{"id":1', 'it is not JSON'],
    ['', 'it is not JSON'],
    [{ ...order, id: 'x'.repeat(100) }, `/id is "${'x'.repeat(59)}…, expected 1`],
  ])('is told by its place', (actual, sentence) => {
    expect(fault(actual)).toBe(sentence)
  })

  it('is none where values may change, as long as they are there', () => {
    const changed = { ...order, 'a/b': [1], lines: order.lines.map(({ no }) => ({ no, at: Math.random() })) }
    expect(fault(changed, ['/a~1b', '/lines/*/at'])).toBeNull()
    expect(fault(changed, ['/a~1b', '/lines/0/at'])).toMatch(/^\/lines\/1\/at is /)
    expect(fault({ ...changed, lines: [{ no: 1 }, { no: 2 }] }, ['/a~1b', '/lines/*/at'])).toBe('/lines/0/at is missing')
  })

  it('takes pointers only for what may change', () => {
    expect(['/a', '/a/*/b', '/a~1b', '/'].every((text) => POINTER.test(text))).toBe(true)
    expect(['', 'a', '/a~b', '/a/~2'].some((text) => POINTER.test(text))).toBe(false)
  })
})
