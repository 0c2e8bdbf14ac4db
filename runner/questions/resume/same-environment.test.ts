import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../../fixtures/fixture-result.ts'
import type { AppPreflight } from '../../measure/records.ts'
import { assertSameApps, assertSameEnvironment } from './same-environment.ts'

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
