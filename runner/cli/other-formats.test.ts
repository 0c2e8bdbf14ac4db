import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { printReport, rebuildReports } from '../questions/rebuild.ts'
import { readStoppedRun } from '../questions/resume.ts'
import { renderJson } from '../result/json.ts'
import { FORMAT } from '../result/model.ts'
import { diffRuns } from './diff.ts'
import { showHistory } from './history.ts'
import { publishResults } from './publish.ts'

let folder: string
let other: string
let own: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'))
  other = join(folder, 'other')
  own = join(folder, 'own')
  mkdirSync(other)
  mkdirSync(own)
  writeFileSync(join(own, 'result.json'), renderJson({ ...fixtureResult(), verdict: 'suspect' }))
})
afterEach(() => rmSync(folder, { recursive: true }))

const commands: Record<string, () => Promise<unknown>> = {
  report: () => rebuildReports(other, { format: null, out: null }),
  'report --print': () => printReport(other, 'md'),
  'diff, as the first': () => diffRuns(other, own, null),
  'diff, as the second': () => diffRuns(own, other, null),
  'publish-results': () => publishResults(other),
  'compare --resume': () => readStoppedRun(other, 'compare'),
}

describe.each([
  [0, 'result-older', 'which is no longer read', 'measure again'],
  [FORMAT + 1, 'result-newer', 'which a newer suite wrote', 'update the suite'],
])('a result of format %i', (format, code, sentence, hint) => {
  let text: string
  beforeEach(() => {
    // Fields may have got other meanings, so nothing but the number is looked at.
    text = JSON.stringify({ format, all: 'is different' })
    writeFileSync(join(other, 'result.json'), text)
  })
  afterEach(() => expect(readFileSync(join(other, 'result.json'), 'utf8')).toBe(text))

  it.each(Object.keys(commands))('is refused by %s in one sentence, with what to do', async (name) => {
    const error = await commands[name]!().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'UserError', code, exitStatus: 2, hint: expect.stringContaining(hint) })
    expect((error as Error).message).toContain(`${join(other, 'result.json')} has format ${format}, ${sentence}`)
    expect((error as Error).message).not.toContain('\n')
  })

  it('is left out of a history, which says so', async () => {
    const { text, remarks } = await showHistory(folder, { endpoint: 'hello', out: join(folder, 'out') })
    expect(text.trimEnd().split('\n')).toHaveLength(3)
    expect(remarks).toEqual([expect.stringContaining(`has format ${format}, ${sentence}`)])
  })
})
