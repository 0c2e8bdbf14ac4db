import { appId, count, formatLevel } from '../result/format.ts'
import type { Result } from '../result/model.ts'
import { listInWords, plainText, shellQuote } from '../result/plain-text.ts'
import { connections, fromTo, pinning, transports, version } from './run-facts.ts'

const LONGEST_NAME = 80

const accounting: Readonly<Record<Result['environment']['cpuAccounting'], string>> = {
  schedstat: "the kernel's schedstat of the server's whole process tree, in nanoseconds",
  ticks: "the ticks of 10 ms that the system counts for the server's whole process tree",
  'process.cpuUsage': "the server's own process.cpuUsage()",
  simulated: 'a simulation: no server was measured',
}

/** How the figures came about, in one paragraph made from the options really used. */
export function methodParagraph(result: Result): string {
  const { options, environment } = result
  const driver = `${plainText(options.driver, LONGEST_NAME)} ${plainText(environment.driverVersion, LONGEST_NAME)}`
  return [
    `Measured on Node ${version(environment.node)}: ${listInWords(options.endpoints.map(appId))}, in ${count(result.rounds, 'round')}.`,
    `A round starts every app afresh, warms it up for ${options.warmUpMilliseconds} ms, then measures ${count(options.blocksPerRound, 'block')} per endpoint: one slice of`,
    `about ${slices(result)} ms of every app, in an order shuffled with seed ${result.seed}.`,
    `Load comes from ${driver} over ${connections(result)} per app (${transports(result)}${kept(result)}); ${pinning(result)}.`,
    `CPU time is read from ${accounting[environment.cpuAccounting]}.`,
    ...estimator(result),
    stopping(result),
  ].join(' ')
}

/** The command that asks for the same run again, safe to paste into a POSIX shell. */
export function reproduceCommand(result: Result): string {
  const { options, seed, study } = result
  // A study's options mean what they meant when they were given; what it chose by itself it will choose again.
  if (result.answer !== null) {
    const told = Object.entries({ ...options.given, '--seed': String(seed) }).filter(([flag]) => !PLACES.includes(flag))
    return commandLine(['study', '--', study], told)
  }
  return commandLine(
    [study, '--'],
    [
      ['--apps', result.apps.map(({ given }) => given).join(',')],
      ['--endpoints', options.endpoints.join(',')],
      ['--connections', options.connections],
      ['--transport', options.transport === 'tcp' ? null : options.transport],
      ['--quick', options.quick ? '' : null],
      ['--rounds', options.rounds],
      ['--precision', options.precisionPercent],
      ['--max-minutes', options.maxMinutes],
      ['--slice', options.sliceMilliseconds],
      ['--blocks', options.blocksPerRound > 0 ? options.blocksPerRound : null],
      ['--warm-up', options.warmUpMilliseconds > 0 ? options.warmUpMilliseconds / 1000 : null],
      ['--driver', options.driver],
      ['--seed', seed],
    ],
  )
}

/** Where a result went, not what it is. */
const PLACES = ['--out', '--json']

/** @param options with their values; empty: it takes none, null: it is left out */
function commandLine(script: readonly string[], options: readonly (readonly [string, string | number | null])[]): string {
  const words = options.flatMap(([flag, value]) => (value === null ? [] : value === '' ? [flag] : [flag, String(value)]))
  return ['npm', 'run', ...script, ...words].map(shellQuote).join(' ')
}

function slices({ cells, options: { sliceMilliseconds } }: Result): string {
  return fromTo(cells.length === 0 ? [sliceMilliseconds] : cells.map(({ load }) => load.sliceMilliseconds ?? sliceMilliseconds))
}

function kept({ cells }: Result): string {
  const ways = new Set(cells.map(({ load }) => (load.keepAlive ? 'kept alive' : 'a new one for every request')))
  return ways.size === 0 ? '' : `, ${[...ways].join(' or ')}`
}

/** The estimator is what result format 1 means by an estimate; its level and the copies of the baseline are in the result. */
function estimator(result: Result): string[] {
  const measured = result.cells.find((cell) => cell.state === 'measured')
  if (measured === undefined) return []
  const copies = Math.max(
    ...result.cells.filter(({ app }) => app === result.baseline).map(({ deployment }) => deployment.copies),
    1,
  )
  const paired = copies === 1 ? appId(result.baseline) : `${copies} copies of ${appId(result.baseline)}`
  return [
    `A round's ratio is the trimmed mean of the log ratios of slices of one block, each paired with ${paired};`,
    `the ratio shown is the mean over rounds with a Student t interval at ${formatLevel(measured.ratio.level)}.`,
  ]
}

function stopping({ options, stoppedBecause }: Result): string {
  const ended =
    stoppedBecause === 'interrupted' || stoppedBecause === 'failed' ? ` The run was cut short: ${stoppedBecause}.` : ''
  if (options.rounds !== null) return `The number of rounds was given.${ended}`
  const precision =
    options.precisionPercent === null ? '' : ` until every ratio is known within ±${options.precisionPercent} %, or`
  return `Rounds go on${precision} for at most ${count(options.maxMinutes, 'minute')}.${ended}`
}
