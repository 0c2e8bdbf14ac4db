import { describe, expect, it } from 'vitest'
import { describeViolation } from './violation.ts'

describe('describeViolation', () => {
  it.each([
    [{ what: 'status', expected: '200', actual: '500' }, 'status is 500, expected 200'],
    [
      { what: 'informational', expected: '(none)', actual: '103' },
      'status 103 is sent before the answer: informational responses (1xx) were not requested',
    ],
    [
      { what: 'content-encoding', expected: '(none)', actual: 'gzip' },
      'body is sent with Content-Encoding: gzip although the request did not ask for it',
    ],
    [{ what: 'content-type', expected: 'text/html', actual: '(none)' }, 'Content-Type is (none), expected text/html'],
    [{ what: 'content-length', expected: '13', actual: '14' }, 'Content-Length is 14, expected 13'],
    [
      { what: 'chunked', expected: 'a Content-Length', actual: 'Transfer-Encoding: chunked' },
      'body is sent with Transfer-Encoding: chunked, expected a Content-Length',
    ],
    [{ what: 'connection', expected: 'kept alive', actual: 'it was closed' }, 'connection is not kept alive: it was closed'],
    [{ what: 'no-answer', expected: 'an answer', actual: 'refused' }, 'no complete answer: refused'],
  ] as const)('%o', (violation, sentence) => {
    expect(describeViolation(violation)).toBe(sentence)
  })

  it('shows a body around its first difference only', () => {
    const expected = `${'a'.repeat(100)}right${'b'.repeat(100)}`
    const actual = `${'a'.repeat(100)}wrong${'b'.repeat(100)}`
    expect(describeViolation({ what: 'body', expected, actual })).toBe(
      `body differs at byte 100: expected "…${'a'.repeat(20)}right${'b'.repeat(35)}…", got "…${'a'.repeat(20)}wrong${'b'.repeat(35)}…"`,
    )
  })

  it('says where a body ends too soon, and counts bytes, not characters', () => {
    const described = describeViolation({ what: 'body', expected: 'Grüße\n', actual: 'Grüß' })
    expect(described).toBe('body differs at byte 6: expected "Grüße\\n", got its end after 6 bytes')
  })

  it('keeps a sentence short whatever was sent', () => {
    const value = 'x'.repeat(60_000)
    expect(describeViolation({ what: 'content-type', expected: 'text/html', actual: value }).length).toBeLessThan(200)
    expect(describeViolation({ what: 'body', expected: '', actual: value }).length).toBeLessThan(200)
  })
})
