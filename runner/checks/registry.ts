import type { Finding, Severity } from '../result.ts'

type Facts = Finding['facts']

/** What a kind of finding always says. */
interface FindingKind {
  readonly severity: Severity
  /** The sentence, with its numbers. */
  message(facts: Facts): string
  /** What to do. */
  readonly advice: string
}

const percent = (share: unknown, digits = 1) => `${(Number(share) * 100).toFixed(digits)} %`

/** Every kind of finding there is. Verdicts follow from these severities alone. */
export const findingKinds = {
  'contract-broken': {
    severity: 'invalid',
    message: ({ reason }) => `the app does not answer as the contract says: ${reason}`,
    advice: 'Make the answer equal to the contract, byte for byte (docs/add-an-app.md), and measure again.',
  },
  'app-failed': {
    severity: 'invalid',
    message: ({ reason }) => `the app failed: ${reason}`,
    advice: 'Look at its last output lines; start it alone: node apps/launcher.ts --print --module <path>.',
  },
  'load-generator-bound': {
    severity: 'suspect',
    message: ({ serverBusy, loadBusy }) =>
      `the server was only ${percent(serverBusy)} busy${loadBusy === null ? '' : ` while the load generator was ${percent(loadBusy)} busy`}: ` +
      'requests per second tell of the load, and the cost per request is less certain',
    advice: 'Use more connections, a quieter machine, or a CPU of its own for the load generator.',
  },
  'server-idle': {
    severity: 'invalid',
    message: ({ serverBusy }) =>
      `the server was only ${percent(serverBusy)} busy under full load: this measures waiting, not the app`,
    advice: 'Look for stalls (two writes per response, timers, Nagle) in the app, or for another program on its CPU.',
  },
  'identical-differ': {
    severity: 'invalid',
    message: ({ endpoint, ratio, low, high }) =>
      `two copies of the same server differ on ${endpoint}: ${Number(ratio).toFixed(4)} [${Number(low).toFixed(4)}, ${Number(high).toFixed(4)}]; ` +
      'no difference of this size is credible in this run',
    advice: 'Measure again on a quieter machine; if it comes back, something treats the two copies differently.',
  },
  'identical-slightly-differ': {
    severity: 'note',
    message: ({ endpoint, ratio, low, high }) =>
      `two copies of the same server differ a little on ${endpoint}: ${Number(ratio).toFixed(4)} [${Number(low).toFixed(4)}, ${Number(high).toFixed(4)}]; ` +
      'intervals may be that much too narrow',
    advice: 'Take differences of this size for none; one run in twenty shows this by chance.',
  },
  // The interval is honest whatever its width, and printed beside the number: that it is wider than asked for makes nothing wrong.
  'precision-not-reached': {
    severity: 'note',
    message: ({ halfWidthPercent, precisionPercent }) =>
      `the interval is ±${Number(halfWidthPercent).toFixed(2)} %, ±${precisionPercent} % was asked for`,
    advice: 'Give it more time with --max-minutes, or ask for less with --precision.',
  },
  'rounds-not-reached': {
    severity: 'suspect',
    message: ({ rounds, wanted }) => `the run ended after ${rounds} of the ${wanted} rounds asked for`,
    advice: 'Give it more time with --max-minutes, or ask for fewer --rounds.',
  },
  'cut-short': {
    severity: 'suspect',
    message: ({ rounds }) => `the run could not go on after ${rounds} rounds`,
    advice: 'Look at the failures and at the error it ended with.',
  },
  'few-rounds': {
    severity: 'suspect',
    message: ({ rounds }) => `only ${rounds} rounds: an interval needs at least 6 to be trusted`,
    advice: 'Let the run finish, or give it more time with --max-minutes or more --rounds.',
  },
  'too-few-rounds': {
    severity: 'invalid',
    message: ({ rounds }) => `${rounds} round is no sample: there is no interval`,
    advice: 'Let at least two rounds finish; six make an interval to be trusted.',
  },
  'not-measured': {
    severity: 'invalid',
    message: ({ reason }) => `nothing was measured: ${reason}`,
    advice: 'Look at what happened to the baseline, or let at least two rounds finish.',
  },
  interrupted: {
    severity: 'suspect',
    message: ({ rounds }) => `the run was interrupted after ${rounds} rounds`,
    advice: 'Let it finish, or take it for what it is.',
  },
  reconnects: {
    severity: 'suspect',
    message: ({ reconnects }) =>
      `the server closed ${reconnects} connections that were to be kept: opening them again was charged to it`,
    advice: 'Keep connections alive; the launcher sets the timeouts for every app.',
  },
  'not-pinned': {
    severity: 'suspect',
    message: ({ reason }) => `server and load generator are not pinned to CPUs of their own: ${reason}`,
    advice: 'Use Linux with two CPUs or more and the program taskset (package util-linux).',
  },
  'coarse-cpu-accounting': {
    severity: 'note',
    message: () =>
      'CPU time comes from process.cpuUsage() in microseconds, of the app process alone: this kernel has no schedstat',
    advice: 'On Linux with /proc/PID/schedstat children of an app are metered too, in nanoseconds.',
  },
  'sleeping-load-generator': {
    severity: 'suspect',
    message: ({ driver }) =>
      `${driver} sleeps between responses, opens its connections anew for every slice and checks no bodies: the server pays for waking it, so costs are too high`,
    advice: 'Take requests per second as a cross-check only; measure cost with the autocannon driver.',
  },
  simulated: {
    severity: 'invalid',
    message: () => 'the driver is a simulation: nothing was measured',
    advice: 'Use the fake driver for tests of the suite only.',
  },
} as const satisfies Record<string, FindingKind>

export type FindingCode = keyof typeof findingKinds

/** A finding of a registered kind. */
export function finding(code: FindingCode, facts: Facts): Finding {
  const kind: FindingKind = findingKinds[code]
  return { code, severity: kind.severity, message: kind.message(facts), advice: kind.advice, facts }
}
