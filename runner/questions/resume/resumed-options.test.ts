import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../../fixtures/fixture-result.ts'
import type { Result } from '../../result/model.ts'
import type { StoppedRun } from './read-stopped-run.ts'
import { resumedOptions } from './resumed-options.ts'

const { options } = fixtureResult()
const stopped = (change: Partial<Result['options']> = {}) =>
  ({
    folder: '/runs/one',
    result: { ...fixtureResult(), options: { ...options, ...change } },
    state: { blocksPerRound: 12, warmUpMilliseconds: 2_400 },
  }) as unknown as StoppedRun

describe('the options of a run that goes on', () => {
  it('are its own, with the sizes it has found and its place', () => {
    expect(resumedOptions(stopped(), {})).toMatchObject({
      ...{ endpoints: options.endpoints, connections: options.connections, seed: fixtureResult().seed },
      ...{ blocks: 12, warmUp: 2.4, out: '/runs', maxMinutes: options.maxMinutes },
    })
  })

  it('may have another time limit, and nothing else', () => {
    expect(resumedOptions(stopped(), { maxMinutes: 99 }).maxMinutes).toBe(99)
    expect(() => resumedOptions(stopped(), { warmUp: 1 })).toThrow('--warm-up cannot be given with --resume')
  })

  it.each([
    [{ endpoints: ['hello', 'upload'] }, 'unknown endpoint "upload"'],
    [{ driver: 'k6' }, 'unknown driver "k6"'],
  ])('are refused when this suite does not know them: %j', (change, sentence) => {
    expect(() => resumedOptions(stopped(change), {})).toThrow(sentence)
  })
})
