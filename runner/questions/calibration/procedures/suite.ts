import type { CompareOptions } from '../../../measure/options.ts'
import { RunError } from '../../../result/errors.ts'
import type { MeasuredCell, Result } from '../../../result/model.ts'
import { measureUnitRun } from '../unit-run.ts'
import type { Procedure, Server } from './procedure.ts'

/** Half-width in percent that no run reaches: this one takes all of its time, as the others do. */
const NEVER_PRECISE_ENOUGH = 0.01
/** In less than this there is no round. */
const LEAST_SECONDS = 10
const OPTIONS = { endpoints: ['hello'], precision: NEVER_PRECISE_ENOUGH } satisfies Partial<CompareOptions>

/** This suite; its baseline is the first server, in the two copies that every run has. */
export const thisSuite: Procedure = {
  id: 'suite',
  title: 'this suite',
  missing: async () => null,
  what: (seconds) =>
    `npm run compare -- --endpoints hello --precision ${NEVER_PRECISE_ENOUGH} --max-minutes ${minutes(seconds)}, everything else as it is by default; ` +
    'the second server is a further app beside the two copies of the baseline',
  async repeat({ servers, seconds, seed }, context) {
    const options = { ...OPTIONS, seed, maxMinutes: minutes(seconds) }
    const outcome = await measureUnitRun(context, { title: this.title, apps: servers.map(({ app }) => app), options })
    if (outcome === null) return null
    const cells = servers.map((server) => ({ name: server.name, cell: measured(outcome.result, server) }))
    const byServer = <T>(of: (cell: MeasuredCell) => T) => Object.fromEntries(cells.map(({ name, cell }) => [name, of(cell)]))
    const { [servers[0]!.name]: _baseline, ...ratios } = byServer(({ ratio }) => ratio)
    return {
      requestsPerSecond: byServer(({ requestsPerSecond }) => requestsPerSecond.value),
      costMicroseconds: byServer(({ cost }) => cost.value),
      ratios,
    }
  },
}

function minutes(seconds: number): number {
  return Number((Math.max(LEAST_SECONDS, seconds) / 60).toFixed(3))
}

function measured({ cells }: Result, { app }: Server): MeasuredCell {
  const cell = cells.find((one) => one.app === app.id)
  if (cell?.state === 'measured') return cell
  throw new RunError('not-measured', `${app.id} was not measured: ${cell?.reason ?? 'it is not in the result'}`)
}
