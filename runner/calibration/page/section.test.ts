import { describe, expect, test } from 'vitest'
import { identicalPart } from '../fixture-parts.ts'
import { sectionOf } from './section.ts'

const body = { answer: 'yes', blocks: [], effort: '1 run', notReached: [] }
const kind = {
  title: 'T',
  question: 'Q?',
  goals: [
    { title: 'first', judge: () => ({ measured: '1', outcome: 'met' as const }) },
    { title: 'second', judge: () => null },
  ],
  body: () => body,
}

describe('sectionOf', () => {
  test('judges the goals of its part; what the data cannot say is not measured', () => {
    const section = sectionOf('identical', kind)([identicalPart()])
    expect(section.body).toBe(body)
    expect(section.goals).toEqual([
      { title: 'first', measured: '1', outcome: 'met' },
      { title: 'second', measured: '', outcome: 'not measured' },
    ])
  })

  test('without its part, or with nothing in it, no goal is measured', () => {
    const absent = sectionOf('planted', kind)([identicalPart()])
    expect([absent.part, absent.body]).toEqual([null, null])
    const empty = sectionOf('identical', { ...kind, body: () => null })([identicalPart()])
    expect(empty.part).not.toBeNull()
    for (const { goals } of [absent, empty]) expect(goals.map(({ outcome }) => outcome)).toEqual(['not measured', 'not measured'])
  })
})
