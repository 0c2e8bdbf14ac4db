import { describe, expect, it } from 'vitest'
import { response } from '../../fixtures/scripted-server.ts'
import { Answer } from './answer.ts'

describe('Answer', () => {
  const answer = new Answer({ status: 200, body: 'Grüße' })

  it('keeps its pattern when the chunks it came from are overwritten', () => {
    const chunk = Buffer.from(response('kept'))
    const one = new Answer({ status: 200, body: 'kept' })
    one.learn([chunk.subarray(0, 9), chunk.subarray(9)], {})
    chunk.fill(0)
    expect(one.pattern?.continues(Buffer.from(response('kept')), 0)).toBe(true)
  })

  it('knows its body part by part', () => {
    const body = Buffer.from('Grüße')
    for (let cut = 0; cut <= body.length; cut++) {
      expect(answer.holds(body.subarray(0, cut), 0) && answer.holds(body.subarray(cut), cut)).toBe(true)
    }
    expect(answer.holds(Buffer.from('ü'), 0)).toBe(false)
    expect(answer.holds(Buffer.from('Grüße!'), 0)).toBe(false)
  })

  it('says what is wrong with a body in bytes, not characters', () => {
    expect(answer.fault(200, 7, true)).toBeNull()
    expect(answer.fault(200, 5, true)).toBe('a body of 5 bytes instead of 7')
    expect(answer.fault(200, 7, false)).toBe('a body of the right length with wrong bytes')
    expect(answer.fault(404, 7, true)).toBe('status 404 instead of 200')
  })
})
