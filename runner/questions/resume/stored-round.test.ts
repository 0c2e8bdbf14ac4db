import { expect, it } from 'vitest'
import { simulation } from '../../fixtures/simulated-run.ts'
import type { RunState } from '../../measure/conduct.ts'
import type { RoundRecord } from '../../measure/round.ts'
import { DeploymentError } from '../../servers/deployment.ts'
import { restoreRound, restoreState, StoredRound, storeRound } from './stored-round.ts'

function tired(deployment: string): void {
  if (deployment === 'express') throw new DeploymentError('tired', 'express is tired', { hint: null, lastLines: ['a last word'] })
}

it.each([
  ['', undefined],
  [', with the lives of its processes', { restMilliseconds: 100 }],
])('a round comes back from JSON as it was%s, and so does the state of the run', async (_what, lives) => {
  const kept: { record: RoundRecord; state: RunState }[] = []
  const { run } = simulation({
    plan: lives === undefined ? {} : { lives },
    rule: { rounds: 2 },
    world: { beforeStart: tired },
    afterRound: (record, state) => kept.push({ record, state }),
  })
  await run()
  expect(kept).toHaveLength(2)
  for (const { record, state } of kept) {
    expect(record.lives.size).toBe(lives === undefined ? 0 : 3)
    const line = StoredRound.parse(JSON.parse(JSON.stringify(storeRound(record, state, 12e9))))
    expect(line.elapsedNs).toBe(12e9)
    expect(restoreState(line)).toEqual(state)
    // What failed in a round is in the state of the run, with all that failed before.
    expect({ ...restoreRound(line, record.slices), failures: [] }).toEqual({ ...record, failures: [] })
  }
})

it('a line of an older file knows of no lives', async () => {
  const lines: StoredRound[] = []
  const { run } = simulation({ rule: { rounds: 2 }, afterRound: (record, state) => lines.push(storeRound(record, state, 1)) })
  await run()
  const { lives: _, ...older } = lines[0]!
  expect(restoreRound(StoredRound.parse(JSON.parse(JSON.stringify(older))), []).lives).toEqual(new Map())
})
