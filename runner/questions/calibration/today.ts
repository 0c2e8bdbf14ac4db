import { BASELINE } from '../../../apps/app.ts'
import { seededRandom } from '../../statistics/random.ts'
import { resolveApps } from '../resolve.ts'
import type { TodayPart } from './data.ts'
import type { MeasurePart, PartContext, PartOutcome } from './part-context.ts'
import { COMPARED } from './part-context.ts'
import { interleavedAutocannon } from './procedures/interleaved.ts'
import { fastifyBenchmarks, sequentialAutocannon, sequentialWrk } from './procedures/one-after-another.ts'
import { FULL_SECONDS, type Procedure, type Server } from './procedures/procedure.ts'
import { thisSuite } from './procedures/suite.ts'
import { unitShare } from './repetitions.ts'
import { repeatInTurns } from './turns.ts'
import { seedOfTurn } from './unit-run.ts'

const PROCEDURES = [sequentialAutocannon, fastifyBenchmarks, interleavedAutocannon, sequentialWrk, thisSuite]

/** The suite beside what people do today: the same servers, about the same wall time, in turns so that nobody has the better hour. */
export const measureToday: MeasurePart<TodayPart> = (context) => measureProcedures(context, PROCEDURES)

/** The same with any procedures. */
export async function measureProcedures(context: PartContext, procedures: readonly Procedure[]): Promise<PartOutcome<TodayPart>> {
  const servers = serversOf(context)
  const seconds = FULL_SECONDS * unitShare(context.milliseconds, FULL_SECONDS * 1000 * procedures.length)
  const missing = new Map<Procedure, string>()
  for (const procedure of procedures) {
    const reason = await procedure.missing()
    if (reason === null) continue
    missing.set(procedure, reason)
    context.remark(`${procedure.title} is left out: ${reason}`)
  }
  const { finished, cutShort, problem } = await repeatInTurns(
    context,
    procedures.filter((procedure) => !missing.has(procedure)),
    { guessMilliseconds: seconds * 1000, random: seededRandom(context.seed), titleOf: ({ title }) => title },
    async (procedure, repetition) => {
      const startedNs = context.now()
      const figures = await procedure.repeat({ servers, seconds, seed: seedOfTurn(context, repetition) }, context)
      return figures === null ? null : { wallSeconds: (context.now() - startedNs) / 1e9, ...figures }
    },
  )
  if (finished.length === 0) return { body: null, cutShort, problem }
  const body = {
    part: 'today' as const,
    servers: servers.map(({ name }) => name),
    procedures: procedures.map((procedure) => ({
      id: procedure.id,
      title: procedure.title,
      what: missing.has(procedure) ? `left out: ${missing.get(procedure)}` : procedure.what(seconds),
      repetitions: finished.filter(({ member }) => member === procedure).map(({ done }) => done),
    })),
  }
  return { body, cutShort, problem }
}

/** The skeleton, the skeleton again, and what is compared with it. */
function serversOf({ apps, cwd }: PartContext): Server[] {
  const others = COMPARED.filter((app) => apps.includes(app))
  const names = [BASELINE, `${BASELINE} again`, ...others]
  return resolveApps([BASELINE, BASELINE, ...others], cwd).map((app, index) => ({ name: names[index]!, app }))
}
