import { expect, it } from 'vitest'
import { simulation } from '../fixtures/simulated-run.ts'
import { DeploymentError } from '../servers/deployment.ts'
import { type RoundRecord, type RunState, restoreRound, StoredRound, storeRound } from './records.ts'

function tired(deployment: string): void {
  if (deployment === 'express') throw new DeploymentError('tired', 'express is tired', { hint: null, lastLines: ['a last word'] })
}

it.each([
  ['', undefined],
  [', with the records of its processes', { restMilliseconds: 100 }],
])('a round comes back from JSON as it was%s, and so does the state of the run', async (_what, processRecords) => {
  const kept: { record: RoundRecord; state: RunState }[] = []
  const { run } = simulation({
    plan: processRecords === undefined ? {} : { processRecords },
    rule: { rounds: 2 },
    world: { beforeStart: tired },
    afterRound: (record, state) => kept.push({ record, state }),
  })
  await run()
  expect(kept).toHaveLength(2)
  for (const { record, state } of kept) {
    expect(record.processRecords.size).toBe(processRecords === undefined ? 0 : 3)
    const line = StoredRound.parse(JSON.parse(JSON.stringify(storeRound(record, state, 12e9))))
    expect(line.elapsedNs).toBe(12e9)
    expect(line.state).toEqual(state)
    // What failed in a round is in the state of the run, with all that failed before.
    expect({ ...restoreRound(line, record.slices), failures: [] }).toEqual({ ...record, failures: [] })
  }
})

it('a line of an older file knows of no records of processes', async () => {
  const lines: StoredRound[] = []
  const { run } = simulation({ rule: { rounds: 2 }, afterRound: (record, state) => lines.push(storeRound(record, state, 1)) })
  await run()
  const { processRecords: _, ...older } = lines[0]!
  expect(restoreRound(StoredRound.parse(JSON.parse(JSON.stringify(older))), []).processRecords).toEqual(new Map())
})
