import { describe, expect, it } from 'vitest'
import { findingKinds } from '../analysis/checks/judge.ts'
import type { GroupedProbe } from '../machine/machine.ts'
import { renderFactsPage, renderFindingsPage } from './pages.ts'

describe('docs/doctor.md', () => {
  it('has an entry for every fact, in its group', () => {
    const probe = (id: string, group: GroupedProbe['group'], measured?: true): GroupedProbe => ({
      ...{ id, group, title: id.toUpperCase(), why: 'It matters.', good: 'yes', source: '`/proc/x`' },
      ...(measured ? { measured } : {}),
      read: () => ({ value: '', grade: 'good', change: null }),
    })
    const text = renderFactsPage([probe('one', 'CPU'), probe('two', 'CPU', true), probe('three', 'software')])
    expect(text).toContain('### CPU\n\n**ONE** (`one`). It matters. Good: yes. Read from `/proc/x`.\n\n**TWO** (`two`).')
    expect(text).toContain('Good: yes. Measured: `/proc/x`.')
    expect(text).toContain('### software\n\n**THREE**')
  })
})

describe('docs/findings.md', () => {
  const page = renderFindingsPage()

  it('has a line for every kind of finding, in full sentences', () => {
    const lines = page.split('\n').filter((line) => /^\| [a-z]+(-[a-z]+)* \| (note|suspect|invalid) \|/.test(line))
    expect(lines.map((line) => line.split(' | ')[0]!.slice(2)).toSorted()).toEqual(Object.keys(findingKinds).toSorted())
    for (const line of lines) expect(line).toMatch(/ \| [A-Z][^|]*\. \| [A-Z][^|]*\. \|$/)
  })
})
