import { POSITION_LEVEL } from '../../analysis/within-round-estimates.ts'
import {
  COLD_MILLISECONDS,
  CROWDS_SHARE,
  DISTANCE_CHANGE,
  FOREIGN_SHARE,
  MARGIN,
  POSITION_EFFECT,
  STEAL_SHARE,
  TOO_BUSY_SHARE,
  WORKS_BETWEEN_SHARE,
} from '../thresholds.ts'
import { type FindingKind, fixed, percent, signed } from './finding-kind.ts'

const copies = ({ endpoint, ratio, low, high }: Parameters<FindingKind['message']>[0]) =>
  `${endpoint}: ${fixed(ratio, 4)} [${fixed(low, 4)}, ${fixed(high, 4)}]`

/** What holds for a whole run, or for an endpoint of it. */
export const runFindings = {
  'identical-differ': {
    severity: 'invalid',
    scope: 'run',
    meaning: `The two copies of the baseline differ by more than ${percent(MARGIN, 0)}, and the interval of their ratio (95 %, corrected for the number of endpoints) excludes 1. Holds for all cells of the endpoint.`,
    message: (facts) =>
      `two copies of the same server differ on ${copies(facts)}; no difference of this size is credible in this run`,
    advice: 'Measure again on a quieter machine; if it comes back, something treats the two copies differently.',
  },
  'identical-slightly-differ': {
    severity: 'note',
    scope: 'run',
    meaning: `As identical-differ, but they differ by ${percent(MARGIN, 0)} or less. One run in twenty shows it by chance.`,
    message: (facts) =>
      `two copies of the same server differ a little on ${copies(facts)}; intervals may be that much too narrow`,
    advice: 'Take differences of this size for none; one run in twenty shows this by chance.',
  },
  'blocks-repeated': {
    severity: 'note',
    scope: 'run',
    meaning:
      'So many blocks were disturbed from outside and measured again. Whether a block was disturbed is decided without a look at its cost (docs/methodology.md, "Disturbed blocks").',
    message: ({ disturbed, attempts, causes }) =>
      `${disturbed} of ${attempts} measured blocks were disturbed and do not count: ${causes}`,
    advice: 'Nothing has to be done; a quieter machine needs fewer repeats.',
  },
  'machine-too-busy': {
    severity: 'invalid',
    scope: 'run',
    meaning: `More than ${percent(TOO_BUSY_SHARE, 0)} of all attempts at blocks were disturbed. What is left tells of exceptions; nothing is ranked.`,
    message: ({ disturbed, attempts, causes }) =>
      `the machine was too busy: ${disturbed} of ${attempts} measured blocks were disturbed (${causes})`,
    advice: 'End other programs, or use a machine of your own.',
  },
  'cold-by-option': {
    severity: 'suspect',
    scope: 'run',
    meaning: `The option --warm-up asks for less than ${COLD_MILLISECONDS / 1000} s. Apps are measured while they are still being compiled, and rests are as much shorter: work that is put off for longer is not seen.`,
    message: ({ seconds }) =>
      `apps are cold, and what they put off for a second is not seen: --warm-up asks for ${fixed(seconds, 1)} s only`,
    advice: 'Leave --warm-up out: the pilot knows how long it takes.',
  },
  'node-options-not-passed': {
    severity: 'note',
    scope: 'run',
    meaning:
      'The variable NODE_OPTIONS is set where the run was started. Servers do not get it: they run with the flags of the suite, which are none.',
    message: ({ nodeOptions }) => `servers do not get the NODE_OPTIONS that the run was started with: "${nodeOptions}"`,
    advice: 'Unset it to be sure that nothing depends on it; a server of your own can set flags for itself.',
  },
  'works-between-slices': {
    severity: 'note',
    scope: 'run',
    meaning: `An app uses more than ${percent(WORKS_BETWEEN_SHARE, 0)} of the servers' CPU outside its own slices. Others wait for it meanwhile: they answer fewer requests per second than alone, and cost what they cost.`,
    message: ({ app, outsideShare, idleShare }) =>
      `${app} uses ${percent(outsideShare)} of the CPU while other apps are asked, ${percent(idleShare)} also when nobody is asked`,
    advice: 'Costs and ratios stand. For requests per second of the others, measure without it.',
  },
  'crowds-others': {
    severity: 'suspect',
    scope: 'run',
    meaning: `As works-between-slices, but more than ${percent(CROWDS_SHARE, 0)}: the caches that other apps find are not those they would have alone.`,
    message: ({ app, outsideShare, idleShare }) =>
      `${app} uses ${percent(outsideShare)} of the CPU while other apps are asked, ${percent(idleShare)} also when nobody is asked`,
    advice: 'Measure the others without it.',
  },
  steal: {
    severity: 'suspect',
    scope: 'run',
    meaning: `The hypervisor took more than ${percent(STEAL_SHARE, 0)} of the CPU time of the two CPUs in use, from the start of a round to its end. 0.005 % was seen in valid runs. Not every hypervisor tells.`,
    message: ({ share }) => `the hypervisor took ${percent(share)} of the CPU time: other guests shared these CPUs`,
    advice: 'Measure at another time, or on a machine with CPUs of its own.',
  },
  'foreign-cpu': {
    severity: 'suspect',
    scope: 'run',
    meaning: `Programs that are no part of the run used more than ${percent(FOREIGN_SHARE, 0)} of the CPU time of the two CPUs in use. 0.7 to 0.9 % was seen in valid runs.`,
    message: ({ share }) => `other programs used ${percent(share)} of the CPU time of server and load generator`,
    advice: 'End other programs, or give server and load generator CPUs that nothing else uses.',
  },
  'cpu-distance-changed': {
    severity: 'note',
    scope: 'run',
    meaning: `The two CPUs were more than ${fixed(DISTANCE_CHANGE, 2)} times as far from each other in one round as in another: the host of a virtual machine has moved one of them to other cores. A request moves cache lines between them, so every app pays the same time more when they are far, and ratios are nearer to 1. The run is measured at the mean distance; intervals are for that distance, and what the distance explains is taken out of them.`,
    message: ({ low, high, mean }) =>
      `the two CPUs were ${fixed(low, 0)} to ${fixed(high, 0)} ns apart (round trip of a cache line); costs and ratios are those at ${fixed(mean, 0)} ns`,
    advice: 'Compare with runs at a like distance only; microseconds over the baseline hardly depend on it.',
  },
  'position-effect': {
    severity: 'note',
    scope: 'run',
    meaning: `The last slice of a block costs more than ${percent(POSITION_EFFECT)} more or less than the first, and the ${percent(POSITION_LEVEL, 0)} interval over the rounds excludes 0. The order is drawn anew in every block, so this makes intervals wider and favours nobody.`,
    message: ({ effectPercent, low, high }) =>
      `the last slice of a block costs ${signed(effectPercent, 2)} [${signed(low, 2)}, ${signed(high, 2)}] of the first`,
    advice: 'Nothing has to be done; the random order keeps it out of the ratios.',
  },
  'rounds-not-reached': {
    severity: 'suspect',
    scope: 'run',
    meaning: 'The time was up before the --rounds asked for.',
    message: ({ rounds, wanted }) => `the run ended after ${rounds} of the ${wanted} rounds asked for`,
    advice: 'Give it more time with --max-minutes, or ask for fewer --rounds.',
  },
  'cut-short': {
    severity: 'suspect',
    scope: 'run',
    meaning: 'The run could not go on: the baseline or all other apps failed, or the load generator was lost twice.',
    message: ({ rounds }) => `the run could not go on after ${rounds} rounds`,
    advice: 'Look at the failures and at the error it ended with.',
  },
  interrupted: {
    severity: 'suspect',
    scope: 'run',
    meaning: 'The run was stopped by hand or by a signal, or it is the state after a round of a run that is still going on.',
    message: ({ rounds }) => `the run was interrupted after ${rounds} rounds`,
    advice: 'Let it finish, or take it for what it is.',
  },
  'cold-apps': {
    severity: 'invalid',
    scope: 'run',
    meaning:
      'The run is so short that its processes had less than a second to get warm. After half a second koa and express came out 30 to 80 % too dear: what was measured is the compiler, and no interval shows it.',
    message: ({ seconds, wantedSeconds }) =>
      `only ${fixed(seconds, 1)} s of warm-up fit into the time of this run; ${fixed(wantedSeconds, 1)} s were wanted, and less than 1 s measures cold code`,
    advice: 'Give it more time with --max-minutes, or fewer --apps.',
  },
  'short-warm-up': {
    severity: 'suspect',
    scope: 'run',
    meaning:
      'Six rounds with the warm-up that the apps need do not fit into the time of the run, so it was made shorter. Compiling is then a part of the cost, and more of it for the larger frameworks.',
    message: ({ seconds, wantedSeconds }) =>
      `only ${fixed(seconds, 1)} s of warm-up fit into the time of this run; ${fixed(wantedSeconds, 1)} s were wanted`,
    advice: 'Give it more time with --max-minutes, or fewer --apps.',
  },
  'not-pinned': {
    severity: 'suspect',
    scope: 'run',
    meaning: 'Server and load generator have no CPUs of their own, so they take them from each other.',
    message: ({ reason }) => `server and load generator are not pinned to CPUs of their own: ${reason}`,
    advice: 'Use Linux with two CPUs or more and the program taskset (package util-linux).',
  },
  'coarse-cpu-accounting': {
    severity: 'note',
    scope: 'run',
    meaning: 'CPU time comes from process.cpuUsage(), not from schedstat. The asking itself costs the server some CPU.',
    message: () =>
      'CPU time comes from process.cpuUsage() in microseconds, of the app process alone: this kernel has no schedstat',
    advice: 'On Linux with /proc/PID/schedstat children of an app are metered too, in nanoseconds.',
  },
  'sleeping-load-generator': {
    severity: 'suspect',
    scope: 'run',
    meaning:
      'The driver lets its CPU sleep between responses. Waking it is charged to the server, the more often the slower the app: costs are too high. wrk also opens its connections anew for every slice and checks no bodies.',
    message: ({ driver }) => `${driver} sleeps between responses: the server pays for waking it, so costs are too high`,
    advice: 'Take requests per second as a cross-check only; measure cost with the autocannon driver.',
  },
  simulated: {
    severity: 'invalid',
    scope: 'run',
    meaning: 'The driver is the simulation: nothing was measured.',
    message: () => 'the driver is a simulation: nothing was measured',
    advice: 'Use the fake driver for tests of the suite only.',
  },
} as const satisfies Record<string, FindingKind>
