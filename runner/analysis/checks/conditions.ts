import type { LoadDriver } from '../../load/driver.ts'
import type { Environment, StopReason } from '../../result/model.ts'
import { type Found, findingOf, fixed, invalid, kindsOf, note, suspect } from './finding.ts'

/** Share of the wanted warm-up: what is wanted is not known more exactly than this. */
const ENOUGH_OF_THE_WARM_UP = 0.95
/**
 * Warm-up below which a run is one of cold code, on a slow machine: after 1.9 s koa was 8 % too expensive, after 1.6 s 14 %, after 0.5 s 30 to
 * 80 % (docs/precision-log.md, "How long apps are warmed up").
 */
export const COLD_MILLISECONDS = 1_900

export const conditionsKinds = kindsOf('run', {
  'cold-by-option': suspect({
    meaning: `The option --warm-up asks for less than ${COLD_MILLISECONDS / 1000} s. Apps are measured while they are still being compiled. With less than a second rests are shorter as well: work that is put off for longer is not seen.`,
    message: ({ seconds }) =>
      `apps are cold${Number(seconds) < 1 ? ', and what they put off for a second is not seen' : ''}: --warm-up asks for ${fixed(seconds, 1)} s only`,
    advice: 'Leave --warm-up out: it ends when V8 has compiled the app.',
  }),
  'node-options-not-passed': note({
    meaning:
      'The variable NODE_OPTIONS is set where the run was started. Servers do not get it: they run with the flags of the suite, which are none.',
    message: ({ nodeOptions }) => `servers do not get the NODE_OPTIONS that the run was started with: "${nodeOptions}"`,
    advice: 'Unset it to be sure that nothing depends on it; a server of your own can set flags for itself.',
  }),
  'rounds-not-reached': suspect({
    meaning: 'The time was up before the --rounds requested.',
    message: ({ rounds, wanted }) => `the run ended after ${rounds} of the ${wanted} rounds requested`,
    advice: 'Give it more time with --max-minutes, or ask for fewer --rounds.',
  }),
  'cut-short': suspect({
    meaning: 'The run could not go on: the baseline or all other apps failed, or the load generator was lost twice.',
    message: ({ rounds }) => `the run could not go on after ${rounds} rounds`,
    advice: 'Look at the failures and at the error it ended with.',
  }),
  interrupted: suspect({
    meaning: 'The run was stopped by hand or by a signal, or it is the state after a round of a run that is still going on.',
    message: ({ rounds }) => `the run was interrupted after ${rounds} rounds`,
    advice: 'Let it finish, or treat it as incomplete.',
  }),
  'cold-apps': invalid({
    meaning:
      'The run is so short that its processes had less than two seconds to get warm. After 1.6 s koa came out 14 % too expensive on a slow machine, after half a second 30 to 80 %: what was measured is the compiler, and no interval shows it.',
    message: ({ seconds, wantedSeconds }) =>
      `only ${fixed(seconds, 1)} s of warm-up fit into the time of this run; ${fixed(wantedSeconds, 1)} s were wanted, and less than ${COLD_MILLISECONDS / 1000} s measures cold code`,
    advice: 'Give it more time with --max-minutes, or fewer --apps.',
  }),
  'short-warm-up': suspect({
    meaning:
      'Two rounds with the warm-up that the apps need do not fit into the time of the run, so it was made shorter. Compiling is then a part of the cost, and more of it for the larger frameworks.',
    message: ({ seconds, wantedSeconds }) =>
      `only ${fixed(seconds, 1)} s of warm-up fit into the time of this run; ${fixed(wantedSeconds, 1)} s were wanted`,
    advice: 'Give it more time with --max-minutes, or fewer --apps.',
  }),
  'not-pinned': suspect({
    meaning: 'Server and load generator have no CPUs of their own, so they compete for them.',
    message: ({ reason }) => `server and load generator are not pinned to CPUs of their own: ${reason}`,
    advice: 'Use Linux with two CPUs or more and the program taskset (package util-linux).',
  }),
  'coarse-cpu-accounting': note({
    meaning:
      'CPU time comes from the ticks of 10 ms that the system counts for a process tree, not from schedstat. Sums over a run are right; single slices are coarse.',
    message: () => 'CPU time is counted in ticks of 10 ms: this system has no schedstat',
    advice: 'Use Linux with /proc/PID/schedstat, which counts nanoseconds.',
  }),
  'sleeping-load-generator': suspect({
    meaning:
      'The driver lets its CPU sleep between responses. Waking it is charged to the server, the more often the slower the app: costs are too high.',
    message: ({ driver }) => `${driver} sleeps between responses: the server pays for waking it, so costs are too high`,
    advice: 'Take requests per second as a cross-check only; measure cost with the autocannon driver.',
  }),
  'whole-runs': suspect({
    meaning:
      'The driver is a program of its own that is run once for every slice. Its connections are opened within the slice, which the server pays for, it checks no bodies, and requests on their way may be dropped at its end.',
    message: ({ driver }) => `${driver} is started again for every slice, opens its connections in it and checks no bodies`,
    advice: 'Take requests per second as a cross-check only; measure cost with the autocannon driver.',
  }),
  simulated: invalid({
    meaning: 'The driver is the simulation: nothing was measured.',
    message: () => 'the driver is a simulation: nothing was measured',
    advice: 'Use the fake driver for tests of the suite only.',
  }),
})

const finding = findingOf(conditionsKinds)

/** Characters: NODE_OPTIONS may hold a page. */
const LONGEST_OPTIONS = 80

/** What the run was measured with. */
export interface Conditions {
  readonly cpuAccounting: Environment['cpuAccounting']
  /** Why nothing is pinned; null: pinned. */
  readonly notPinnedBecause: string | null
  readonly driver: Pick<LoadDriver, 'id' | 'sleeps' | 'wholeRuns'>
  /** What the caller has set for Node; null: nothing. */
  readonly callerNodeOptions: string | null
  readonly warmUpMilliseconds: number
  readonly wantedWarmUpMilliseconds: number
}

/** Were the means what they should be? */
export function checkConditions(conditions: Conditions): Found[] {
  const { cpuAccounting, notPinnedBecause, driver, warmUpMilliseconds: done, wantedWarmUpMilliseconds: wanted } = conditions
  const { callerNodeOptions: nodeOptions } = conditions
  const [seconds, wantedSeconds] = [done / 1000, wanted / 1000]
  const tooShort = done < COLD_MILLISECONDS ? 'cold-apps' : 'short-warm-up'
  const byOption = done < COLD_MILLISECONDS && done >= wanted && cpuAccounting !== 'simulated'
  const isCoarse = cpuAccounting === 'process.cpuUsage' || cpuAccounting === 'ticks'
  return [
    done < wanted * ENOUGH_OF_THE_WARM_UP && finding(tooShort, { seconds, wantedSeconds }),
    byOption && finding('cold-by-option', { seconds }),
    cpuAccounting === 'simulated' && finding('simulated', {}),
    isCoarse && finding('coarse-cpu-accounting', {}),
    notPinnedBecause !== null && finding('not-pinned', { reason: notPinnedBecause }),
    nodeOptions !== null && finding('node-options-not-passed', { nodeOptions: shortened(nodeOptions) }),
    driver.sleeps && finding('sleeping-load-generator', { driver: driver.id }),
    driver.wholeRuns === true && finding('whole-runs', { driver: driver.id }),
  ]
}

function shortened(text: string): string {
  return text.length <= LONGEST_OPTIONS ? text : `${text.slice(0, LONGEST_OPTIONS)}…`
}

/** How the run ended. */
export interface Ending {
  readonly rounds: number
  /** Exact number of rounds requested; null: none. */
  readonly wantedRounds: number | null
  readonly stoppedBecause: StopReason
}

/** Did the run get to its end? */
export function checkEnding({ rounds, wantedRounds: wanted, stoppedBecause }: Ending): Found {
  if (stoppedBecause === 'failed') return finding('cut-short', { rounds })
  if (stoppedBecause === 'interrupted') return finding('interrupted', { rounds })
  return stoppedBecause === 'time' && wanted !== null && rounds < wanted && finding('rounds-not-reached', { rounds, wanted })
}
