import { describe, expect, it } from 'vitest'
import type { AppPreflight } from '../measure/preflight.ts'
import { fixtureResult } from '../report/fixture-result.ts'
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
    [{ node: 'v26.0.0' }, 'this run cannot go on: Node was v24.21.0 and is v26.0.0 now'],
    [{ cpus: 64 }, 'this run cannot go on: the number of CPUs was '],
    [{ commit: null }, 'this run cannot go on: the commit of the suite was '],
  ])('nowhere else: %j', (change, message) => {
    expect(() => assertSameEnvironment(environment, { ...environment, ...change })).toThrow(message)
  })

  it('with the same apps only', () => {
    expect(() => assertSameApps([app('3.3.0')], [app('3.4.0')])).toThrow(
      'this run cannot go on: koa was koa 3.3.0 and is koa 3.4.0 now',
    )
  })
})
