import { describe, expect, it } from 'vitest'
import type { Finding } from '../../result/model.ts'
import { finding, verdictOf, worstVerdict } from './judge.ts'

describe('verdicts', () => {
  const of = (...severities: Finding['severity'][]) =>
    verdictOf(severities.map((severity) => ({ ...finding('simulated', {}), severity })))

  it('are the worst of the findings; a note changes nothing', () => {
    expect(of()).toBe('valid')
    expect(of('note', 'note')).toBe('valid')
    expect(of('note', 'suspect')).toBe('suspect')
    expect(of('suspect', 'invalid', 'note')).toBe('invalid')
  })

  it('of several are the worst of them', () => {
    expect(worstVerdict([])).toBe('valid')
    expect(worstVerdict(['valid', 'suspect', 'valid'])).toBe('suspect')
    expect(worstVerdict(['suspect', 'invalid', 'valid'])).toBe('invalid')
  })
})
