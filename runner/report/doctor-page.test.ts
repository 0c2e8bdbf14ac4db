import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Probe } from '../environment/facts/probe.ts'
import { renderFactsPage } from './doctor-page.ts'
import { replaceRegion } from './regions.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'doctor.md'), 'utf8')

describe('docs/doctor.md', () => {
  it('is up to date', () => expect(replaceRegion(page, 'facts', renderFactsPage()), 'run npm run doctor-page').toBe(page))

  it('has an entry for every fact, in its group', () => {
    const probe = (id: string, group: Probe['group'], measured?: true): Probe => ({
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
