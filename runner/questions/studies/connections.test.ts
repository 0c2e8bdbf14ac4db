import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { measuredCell, measuredStudy } from '../../fixtures/measured-study.ts'
import { PLAINLY_BUSY } from '../../fixtures/unaware-rig.ts'
import { readSamples, type Slice } from '../../measure/records.ts'
import { connections } from './connections.ts'

it('opens a connection for every request, and finds the stall of 2009, for real', { retry: 2 }, async () => {
  const out = mkdtempSync(join(tmpdir(), 'connections-'))
  onTestFinished(() => rmSync(out, { recursive: true }))
  const given = { apps: ['node-http'], endpoints: ['hello' as const], rounds: 2, blocks: 3, warmUp: 0.3 }
  const { result, folder } = await measuredStudy(connections, { given }, out)
  const cell = (app: string) => measuredCell(result, app)
  const kept = cell('node-http')
  const fresh = cell('node-http@new')
  expect(result.cells.map(({ app, load }) => [app, load.keepAlive])).toEqual([
    ['node-http', true],
    ['node-http@new', false],
    ['node-http@nagle', true],
    ['node-http@two-writes', true],
    ['node-http@nagle-two-writes', true],
  ])
  // A connection that is opened as it was requested disturbs nobody.
  const slices: Slice[] = []
  for await (const slice of readSamples(join(folder!, 'samples.jsonl.gz'))) slices.push(slice)
  expect(slices.length).toBeGreaterThan(0)
  expect(slices.filter(({ lost, wrongAnswers, reconnects }) => lost + wrongAnswers + reconnects > 0)).toEqual([])
  expect(fresh.requests).toBeGreaterThanOrEqual(16 * 3 * 2)
  expect(fresh.cost.value).toBeGreaterThan(kept.cost.value)
  // Where other programs take the CPUs every answer may take as long as a stall: then the suite must not say that it knows.
  const { foreignShare } = result.environment
  const stalled = cell('node-http@nagle-two-writes').findings.some(({ code }) => code === 'stall')
  expect(stalled || foreignShare! > PLAINLY_BUSY).toBe(true)
  expect(cell('node-http@nagle-two-writes').verdict).not.toBe('valid')
  if (!stalled) return
  // A machine that is busy enough makes every answer take that long, so nothing is said here of the other ways.
  expect(result.answer!.sentences.at(-1)).toMatch(/stall node-http, as they are meant to.* each response takes \d+\.\d ms/)
})
