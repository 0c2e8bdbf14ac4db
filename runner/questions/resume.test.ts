import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import type { AppPreflight } from '../measure/records.ts'
import type { Result } from '../result/model.ts'
import { assertSameApps, assertSameEnvironment, resumedOptions, type StoppedRun } from './resume.ts'

const { options } = fixtureResult()
const stopped = (change: Partial<Result['options']> = {}) =>
  ({
    folder: '/runs/one',
    result: { ...fixtureResult(), options: { ...options, ...change } },
    state: { blocksPerRound: 12, leastWarmUpMilliseconds: 2_400, warmUpMilliseconds: 2_400 },
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

const { environment } = fixtureResult()
const app = (version: string): AppPreflight => ({
  ...{ app: 'koa', title: 'Koa', package: 'koa', version, headerBytes: new Map(), unequal: [] },
})

describe('a run goes on', () => {
  it('where it began', () => {
    expect(() => assertSameEnvironment(environment, { ...environment })).not.toThrow()
    expect(() => assertSameApps([app('3.3.0')], [app('3.3.0')])).not.toThrow()
  })

  it.each([
    [{ node: 'v26.0.0' }, 'this run cannot go on: Node was 24.21.0 and is 26.0.0 now'],
    [{ cpus: 64 }, 'this run cannot go on: number of CPUs was 2 and is 64 now'],
    [
      { commit: null },
      'this run cannot go on: commit of the suite was f144c75aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and is unknown now',
    ],
    [{ serverCpu: 7 }, 'this run cannot go on: CPU of the server was 1 and is 7 now'],
    [{ moreLanes: [{ serverCpu: 3, loadCpu: 2 }] }, 'this run cannot go on: CPUs of further lanes was none and is 3, 2 now'],
    [{ serverCpu: null }, 'this run cannot go on: pinning was pinned and is not pinned now'],
    [{ clockSource: 'hpet' }, 'this run cannot go on: clock source was tsc and is hpet now'],
  ])('nowhere else: %j', (change, message) => {
    expect(() => assertSameEnvironment(environment, { ...environment, ...change })).toThrow(message)
  })

  it('with the same apps only', () => {
    expect(() => assertSameApps([app('3.3.0')], [app('3.4.0')])).toThrow(
      'this run cannot go on: koa was koa 3.3.0 and is koa 3.4.0 now',
    )
  })
})
