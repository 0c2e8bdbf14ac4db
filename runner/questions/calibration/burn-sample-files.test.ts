import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeSampleFiles } from './known-work.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samples-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('takes the samples of all processes, on the clock that is requested, and their files away', () => {
  writeFileSync(join(folder, '11.f64'), new Float64Array([1_000_500, 80, 1, 1_000_900, 90, 40]))
  writeFileSync(join(folder, '12.f64'), new Float64Array([1_000_700, 85, 7]))
  writeFileSync(join(folder, '13.f64'), new Float64Array())
  const taken = takeSampleFiles(folder, 1_000_000)
  expect(taken.sort((one, other) => one.startedNs - other.startedNs)).toEqual([
    { startedNs: 500, tookNs: 80, call: 1 },
    { startedNs: 700, tookNs: 85, call: 7 },
    { startedNs: 900, tookNs: 90, call: 40 },
  ])
  expect(takeSampleFiles(folder, 1_000_000)).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

it('leaves a file alone that is still being written', () => {
  writeFileSync(join(folder, '.11.tmp'), 'half')
  expect(takeSampleFiles(folder, 0)).toEqual([])
  expect(readdirSync(folder)).toEqual(['.11.tmp'])
})
