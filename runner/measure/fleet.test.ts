import { expect, it } from 'vitest'
import { simulation } from '../fixtures/simulated-run.ts'

it('starts many apps a few at a time, and all of them', async () => {
  const apps = ['node-http', ...Array.from({ length: 40 }, (_, index) => `app-${index}`)]
  let starting = 0
  let mostAtOnce = 0
  const { run, result } = simulation({
    ...{ apps, endpoints: ['hello'], rule: { rounds: 2 } },
    bench: ({ host }) => ({
      host: {
        async start(plan, options) {
          mostAtOnce = Math.max(mostAtOnce, ++starting)
          // Others get their turn before this one is up.
          await new Promise((resolve) => setImmediate(resolve))
          const deployment = await host.start(plan, options)
          starting--
          return deployment
        },
      },
    }),
  })
  const { cells } = result(await run())
  expect(mostAtOnce).toBe(6)
  expect(cells.map(({ state }) => state)).toEqual(apps.map(() => 'measured'))
})
