import { number } from '../../result/option-values.ts'
import { planOf } from '../resolve.ts'
import { collectLives } from './lives.ts'
import { answerMemory } from './memory-answer.ts'
import type { Study } from './study.ts'

/** Seconds without load before memory is read at rest: the sweeps of a garbage collection that was under way are over by then. */
const REST_SECONDS = 1.5
const LONGEST_REST_SECONDS = 60

/** Memory of the processes of every round, and how they came up; the load is that of a comparison. */
export const memory: Study = {
  id: 'memory',
  title: 'memory and start-up',
  question: 'How much memory does an app hold, and how long does it take until it answers?',
  // Every round is one start of every app: there is no precision of a cost to wait for.
  defaults: { endpoints: ['hello', 'table'], rounds: 16, blocks: 20, maxMinutes: 10 },
  quick: { rounds: 7, maxMinutes: 4 },
  without: ['precision'],
  ownOptions: [
    {
      flags: '--rest <seconds>',
      description: 'without load, before memory is read at rest',
      shownDefault: String(REST_SECONDS),
      parse: number('--rest', 0, LONGEST_REST_SECONDS),
    },
  ],
  examples: [
    'npm run study -- memory --quick',
    'npm run study -- memory --apps fastify,./mine/app.ts --endpoints table --rest 5',
  ],
  missing: async () => null,
  async prepare(options, { rest = REST_SECONDS }, { apps, placement: { notPinnedBecause } }) {
    const plan = { ...planOf(options, apps), processRecords: { restMilliseconds: 1000 * (rest as number) } }
    const { rounds, roundFinished } = collectLives()
    return { plan, apps, roundFinished, answer: (result) => answerMemory(result, { plan, rounds, notPinnedBecause }) }
  },
}
