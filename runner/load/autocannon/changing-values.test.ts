import { describe, expect, it } from 'vitest'
import { changingValues } from './changing-values.ts'

const BODY = 'Hello'
const DATE = 'Date: Sun, 06 Nov 1994 08:49:37 GMT'

function response(...headers: string[]): Buffer {
  return Buffer.from(['HTTP/1.1 200 OK', ...headers, `Content-Length: ${BODY.length}`, '', BODY].join('\r\n'))
}

/** What may change, by its text in the latest of the responses, which are learnt one after another. */
function learnt(...responses: Buffer[]): string[] {
  let older: Buffer | null = null
  let known: ReturnType<typeof changingValues> = []
  for (const one of responses) {
    known = changingValues(one, older, known)
    older = one
  }
  return known.map(({ start, end }) => older!.toString('latin1', start, end))
}

describe('changingValues', () => {
  it('are the Date alone at first, however it is written, and nothing where there is none', () => {
    expect(learnt(response('Server: mine', DATE))).toEqual(['Sun, 06 Nov 1994 08:49:37 GMT'])
    expect(learnt(response('date:now'))).toEqual(['now'])
    expect(learnt(response('Server: mine'))).toEqual([])
  })

  it('are those in which two right responses differ, with the Date, and those that have changed before', () => {
    const first = response('X-Request-Id: 1', DATE, 'Set-Cookie: a')
    const second = response('X-Request-Id: 2', DATE, 'Set-Cookie: a')
    const third = response('X-Request-Id: 2', DATE, 'Set-Cookie: b')
    expect(learnt(first, second)).toEqual(['2', 'Sun, 06 Nov 1994 08:49:37 GMT'])
    expect(learnt(first, second, third)).toEqual(['2', 'Sun, 06 Nov 1994 08:49:37 GMT', 'b'])
  })

  it.each([
    ['another length', response('X-Request-Id: 10', DATE)],
    ['another header of the same length', response('X-Session-Id: 2', DATE)],
    ['other places of the same headers', response(DATE, 'X-Request-Id: 2')],
  ])('is the Date alone again after %s', (_what, other) => {
    const known = [response('X-Request-Id: 1', DATE), response('X-Request-Id: 3', DATE)]
    expect(learnt(...known)).toHaveLength(2)
    expect(learnt(...known, other)).toEqual(['Sun, 06 Nov 1994 08:49:37 GMT'])
  })

  it.each(['Content-Type: text/1', 'content-encoding: x1', 'Transfer-Encoding: x1', 'Connection: x1'])(
    'is never %s: it says where an answer ends, or what it is',
    (header) => {
      expect(learnt(response(header), response(header.replace('1', '2')))).toEqual([])
    },
  )

  it('is not more than a handful', () => {
    const many = (digit: number) => response(...Array.from({ length: 9 }, (_, index) => `X-${index}: ${digit}`))
    expect(learnt(many(1), many(2))).toEqual([])
  })
})
