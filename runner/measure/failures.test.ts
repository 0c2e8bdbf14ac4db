import { describe, expect, it } from 'vitest'
import type { Deployment } from '../servers/deployment.ts'
import { sliceFailure } from './failures.ts'

const outcome = { endpoint: 'hello', requests: 90, wrongAnswers: 0, lost: 0, timeouts: 0, broken: false }

/** A deployment whose end is told after so many looks at it; null: it lives. */
function deployment(endsAfter: number | null) {
  let looks = 0
  const ended = () => (endsAfter !== null && looks++ >= endsAfter ? 'ended with exit code 3' : null)
  return { plan: { app: 'koa' }, lastLines: () => ['a last word'], ended } as unknown as Deployment
}

describe('what an app has failed with', () => {
  it.each([
    [{ lost: 16 }, 'when requests are lost with their connections'],
    [{ lost: 16, broken: true }, 'when it cannot be reached any more'],
    [{ wrongAnswers: 1, lost: 16, broken: true }, 'when it was wrong before'],
  ])('is its end, though that is told a little later: %j, %s', async (damage, _when) => {
    expect(await sliceFailure(deployment(5), { ...outcome, ...damage }, 'the server closed the connection')).toEqual({
      ...{ app: 'koa', endpoint: null, code: 'died', hint: null, lastLines: ['a last word'] },
      reason: 'koa ended with exit code 3 while hello was under load',
    })
  })

  it.each([
    [{ lost: 16 }, 'lost-requests', '16 of 106 requests were never answered in a slice under load: so it was'],
    [
      { lost: 16, timeouts: 16 },
      'lost-requests',
      '16 of 106 requests were never answered in time in a slice under load: so it was',
    ],
    [{ broken: true }, 'unreachable', 'koa cannot be reached any more under load on hello: so it was'],
    [{ wrongAnswers: 10 }, 'wrong-answers', '10 of 100 responses were wrong in a slice under load: so it was'],
  ])('is told by what came when it lives: %j', async (damage, code, reason) => {
    expect(await sliceFailure(deployment(null), { ...outcome, ...damage }, 'so it was')).toMatchObject({ code, reason })
  })

  it('is nothing when all is right', async () => {
    expect(await sliceFailure(deployment(null), outcome, null)).toBeNull()
  })
})
