import { describe, expect, it } from 'vitest'
import { response } from '../../fixtures/scripted-server.ts'
import { Answer, type Pattern } from './answer.ts'

describe('Answer', () => {
  const answer = new Answer({ status: 200, body: 'Grüße' })

  it('keeps its pattern when the chunks it came from are overwritten', () => {
    const chunk = Buffer.from(response('kept'))
    const one = new Answer({ status: 200, body: 'kept' })
    one.learn([chunk.subarray(0, 9), chunk.subarray(9)], {})
    chunk.fill(0)
    expect(one.pattern?.continues(Buffer.from(response('kept')), 0)).toBe(true)
  })

  const fault = (one: Answer, status: number, ...parts: string[]) => {
    const body = one.newBody()
    for (const part of parts) body.add(Buffer.from(part, 'latin1'))
    return one.fault(status, body)
  }
  const bytes = Buffer.from('Grüße').toString('latin1')

  it('knows its body part by part', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(fault(answer, 200, bytes.slice(0, cut), bytes.slice(cut))).toBeNull()
    }
  })

  it('says what is wrong with a body in bytes, not characters', () => {
    expect(fault(answer, 200, bytes.slice(0, 3), bytes.slice(5))).toBe('a body of 5 bytes instead of 7')
    expect(fault(answer, 200, `${bytes}!`)).toBe('a body of 8 bytes instead of 7')
    expect(fault(answer, 200, bytes.replace('G', 'g'))).toBe('a body of the right length with wrong bytes')
    expect(fault(answer, 404, bytes)).toBe('status 404 instead of 200')
  })

  it('takes any body where each app has its own', () => {
    const any = new Answer({ status: 404, body: '', anyBody: true })
    expect(fault(any, 404, 'what', 'ever')).toBeNull()
    expect(fault(any, 200, 'what')).toBe('status 200 instead of 404')
  })

  it('compares JSON as a whole, whatever its bytes', () => {
    const json = new Answer({ status: 200, body: '{"a":1,"at":0}', json: { value: { a: 1, at: 0 }, mayChange: ['/at'] } })
    expect(fault(json, 200, '{"at":', '1234, "a":1}')).toBeNull()
    expect(fault(json, 200, '{"at":5,"a":2}')).toBe('other JSON: /a is 2, expected 1')
    expect(fault(json, 200, '{"at":5,"a"')).toBe('other JSON: it is not JSON')
    expect(fault(json, 500, '{"at":5,"a":1}')).toBe('status 500 instead of 200')
  })
})

describe('Pattern', () => {
  const whole = (body: string, ...headers: string[]) => Buffer.from(response(body, { headers }))
  const known = whole('Grüße', 'Server: one', 'date: Sun, 06 Nov 1994 08:49:37 GMT')
  const patternOf = (bytes: Buffer): Pattern => {
    const answer = new Answer({ status: 200, body: '' })
    answer.learn([bytes], {})
    return answer.pattern!
  }
  const pattern = patternOf(known)

  it('is continued by the same bytes, whatever the Date', () => {
    expect(pattern.continues(known, 0)).toBe(true)
    expect(pattern.continues(whole('Grüße', 'Server: one', 'date: Mon, 07 Nov 1994 09:50:38 GMT'), 0)).toBe(true)
  })

  it('is continued in two parts, cut anywhere, whatever the Date', () => {
    const other = whole('Grüße', 'Server: one', 'date: Mon, 07 Nov 1994 09:50:38 GMT')
    for (let cut = 0; cut <= other.length; cut++) {
      expect(pattern.continues(other.subarray(0, cut), 0)).toBe(true)
      expect(pattern.continues(other.subarray(cut), cut)).toBe(true)
    }
  })

  it('notices a change of any byte outside the Date, also in parts', () => {
    const text = known.toString('latin1')
    const date = text.indexOf('Sun,')
    for (let at = 0; at < known.length; at++) {
      const changed = Buffer.from(known)
      changed[at]! ^= 1
      const inDate = at >= date && at < text.indexOf('\r\n', date)
      expect(pattern.continues(changed, 0)).toBe(inDate)
      expect(pattern.continues(changed.subarray(at), at)).toBe(inDate)
    }
  })

  it('ends where it ends', () => {
    expect(pattern.continues(Buffer.concat([known, Buffer.from('x')]), 0)).toBe(false)
    expect(pattern.continues(Buffer.from('x'), known.length)).toBe(false)
  })

  it('recognises an answer again whose request id and cookie change, once it has seen them change', () => {
    const one = new Answer({ status: 200, body: 'same' })
    const isKnown = (bytes: Buffer) => bytes.length === one.pattern!.length && one.pattern!.continues(bytes, 0)
    const asked = (id: number, body = 'same') => whole(body, `X-Request-Id: ${id}`, 'date: now', `Set-Cookie: id=${id}`)
    one.learn([asked(1)], {})
    expect(isKnown(asked(2))).toBe(false)
    one.learn([asked(2)], {})
    expect(isKnown(asked(3))).toBe(true)
    expect(isKnown(asked(3, 'Same'))).toBe(false)
    expect(isKnown(asked(10))).toBe(false)
  })

  it('takes a Date in the body for what it is', () => {
    const dated = patternOf(whole('x\r\nDate: one'))
    expect(dated.continues(whole('x\r\nDate: one'), 0)).toBe(true)
    expect(dated.continues(whole('x\r\nDate: two'), 0)).toBe(false)
  })
})
