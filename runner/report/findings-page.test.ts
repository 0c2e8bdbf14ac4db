import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findingKinds } from '../checks/registry.ts'
import { renderFindingsPage } from './findings-page.ts'

describe('docs/findings.md', () => {
  const page = renderFindingsPage()

  it('is up to date', () => {
    const file = join(import.meta.dirname, '..', '..', 'docs', 'findings.md')
    expect(readFileSync(file, 'utf8'), 'run npm run findings').toBe(page)
  })

  it('has a line for every kind of finding, in full sentences', () => {
    const lines = page.split('\n').filter((line) => /^\| [a-z]+(-[a-z]+)* \| (note|suspect|invalid) \|/.test(line))
    expect(lines.map((line) => line.split(' | ')[0]!.slice(2)).toSorted()).toEqual(Object.keys(findingKinds).toSorted())
    for (const line of lines) expect(line).toMatch(/ \| [A-Z][^|]*\. \| [A-Z][^|]*\. \|$/)
  })
})
