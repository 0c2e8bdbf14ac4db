import { BASELINE } from '../../apps/app.ts'
import { processorType } from '../result/fact.ts'
import { appId, count, formatChange, formatDuration, formatLevel, formatShare, startedWith } from '../result/format.ts'
import type { Result, StopReason } from '../result/model.ts'
import { listInWords, plainText, shellQuote } from '../result/plain-text.ts'
import { RESULT } from '../result/run-folder.ts'
import type { Fact } from './document.ts'

const LONGEST_FACT = 80

const stopReasons: Readonly<Record<StopReason, string>> = {
  precision: 'every interval is narrow enough',
  rounds: 'the requested rounds are done',
  time: 'the time is up',
  'only-baseline': 'there is nothing to compare the baseline with',
  interrupted: 'it was interrupted',
  failed: 'it could not go on',
}

/** Of a short text. */
const MAIN_FACTS: readonly string[] = ['run', 'Node', 'machine', 'load', 'time']

const accounting: Readonly<Record<Result['environment']['cpuAccounting'], string>> = {
  schedstat: "the kernel's schedstat of the server's whole process tree, in nanoseconds",
  ticks: "the ticks of 10 ms that the system counts for the server's whole process tree",
  'process.cpuUsage': "the server's own process.cpuUsage()",
  simulated: 'a simulation: no server was measured',
}

/** The option that takes a file in place of a command line, or a result. */
const CONFIG = '--config'
/** Where a result went, not what it is. */
const PLACES = ['--out', '--json']

/** What a short text has to say of a run. */
export function mainFacts(result: Result): Fact[] {
  return runFacts(result).filter(({ name }) => MAIN_FACTS.includes(name))
}

/** `run: compare, 2026-11-21 09:30 UTC, suite 0.1.0; Node: 24.21.0, ...`: the same in one sentence, without its full stop. */
export function mainFactsLine(result: Result): string {
  return mainFacts(result)
    .map(({ name, text }) => `${name}: ${text}`)
    .join('; ')
}

/** When, with what, on which machine and how long; the same facts head every report. */
export function runFacts(result: Result): Fact[] {
  const { environment, options, rounds, wallSeconds, measuredSeconds } = result
  const { poor, cpuDistanceNanoseconds: distance } = environment
  const commit = environment.commit === null ? '' : `, commit ${fact(environment.commit).slice(0, 12)}`
  const gibibytes = (environment.memoryBytes / 2 ** 30).toFixed(1)
  const kernel = fact(`${environment.platform} ${environment.kernel} ${environment.arch}`)
  const apart = distance === null ? '' : `, ${Math.round(distance.mean)} ns apart`
  const dutyCycle = formatShare(wallSeconds > 0 ? measuredSeconds / wallSeconds : null)
  const facts: Record<string, string | null> = {
    run: `${fact(result.study)}, ${utcMinute(result.startedAt)}, suite ${fact(environment.suiteVersion)}${commit}`,
    Node: [`${version(environment.node)}, V8 ${fact(environment.v8)}`, ...options.nodeFlags.map(fact)].join(', '),
    apps: unusualStarts(result),
    machine: `${fact(environment.cpuModel)}, ${environment.cpus} CPUs, ${gibibytes} GiB, ${kernel}; ${pinning(result)}${apart}`,
    CPU: processor(result),
    // Which ones is in `result.json`; it would be too long for a line.
    doctor: poor.length === 0 ? null : `${count(poor.length, 'poor point')} of this machine (npm run doctor)`,
    load: `${driver(result)}, ${connections(result)} over ${transports(result)}, seed ${result.seed}`,
    time: `${count(rounds, 'round')} in ${formatDuration(wallSeconds)}, ${dutyCycle} % of it measuring; stopped because ${stopReasons[result.stoppedBecause]}`,
  }
  return Object.entries(facts).flatMap(([name, text]) => (text === null ? [] : [{ name, text }]))
}

/** `koa on node v22.23.3; express with --jitless A=1`: apps that are started otherwise than the suite does; null: none is. */
function unusualStarts(result: Result): string | null {
  const { cells, environment } = result
  const started = result.apps.flatMap((app) => {
    const runtime = cells.find((cell) => cell.app === app.id)?.deployment.runtime
    // A study names what it varies.
    const isUsual = result.answer !== null || runtime === undefined || [`node ${environment.node}`, app.title].includes(runtime)
    const own = startedWith(result, app)
    const told = [...(isUsual ? [] : [`on ${fact(runtime)}`]), ...(own === '' ? [] : [`with ${fact(own)}`])]
    return told.length === 0 ? [] : [`${appId(app.id)} ${told.join(' ')}`]
  })
  return started.length === 0 ? null : started.join('; ')
}

/** How the figures came about, in one paragraph made from the options really used. */
export function methodParagraph(result: Result): string {
  const { options, environment, cells } = result
  const slices = cells.map(({ load }) => load.sliceMilliseconds ?? options.sliceMilliseconds)
  const kept = new Set(cells.map(({ load }) => (load.keepAlive ? 'kept alive' : 'a new one for every request')))
  const asked = [transports(result), ...(kept.size === 0 ? [] : [[...kept].join(' or ')])].join(', ')
  return [
    `Measured on Node ${version(environment.node)}: ${listInWords(options.endpoints.map(appId))}, in ${rounds(result)}.`,
    `A round starts every app afresh, warms it up ${warmUp(result)}, then measures ${blocks(result)} per endpoint: one slice of`,
    `about ${fromTo(slices.length === 0 ? [options.sliceMilliseconds] : slices)} ms of every app, in an order shuffled with seed ${result.seed}.`,
    `Load comes from ${driver(result)} over ${connections(result)} per app (${asked}); ${pinning(result)}.`,
    ...lanes(result),
    `CPU time is read from ${accounting[environment.cpuAccounting]}.`,
    ...estimator(result),
    ...stopping(result),
  ].join(' ')
}

/** Blocks of a round on an endpoint, where not all rounds had as many as the last one: their mean; else null. */
function meanBlocks({ blocks, rounds, options }: Result): number | null {
  if (blocks === null || rounds === 0) return null
  const mean = blocks.planned / rounds / options.endpoints.length
  return mean === options.blocksPerRound ? null : mean
}

function isWarmUpGiven({ leastWarmUpMilliseconds: least, warmUpMilliseconds: most }: Result['options']): boolean {
  return least === null || least === most
}

function warmUp({ options, apps }: Result): string {
  const { warmUpMilliseconds: most } = options
  const taken = apps.flatMap(({ warmUpMilliseconds }) => warmUpMilliseconds ?? [])
  if (isWarmUpGiven(options) || taken.length === 0) return `for ${most} ms`
  const seconds = fromTo(taken.map((milliseconds) => Number((milliseconds / 1000).toFixed(1))))
  return `until V8 has compiled it (${seconds} s of its CPU time, and never more than ${most / 1000} s)`
}

function rounds({ rounds: measured, cells, environment: { slowRounds } }: Result): string {
  const counting = new Set(cells.flatMap((cell) => (cell.state === 'measured' ? cell.perRound.map(({ round }) => round) : [])))
  const leftOut = slowRounds.filter(({ round }) => !counting.has(round)).length
  const told = count(measured, 'round')
  return leftOut === 0 ? told : `${told}, of which ${leftOut} do not count because the machine was slow`
}

function blocks(result: Result): string {
  const mean = meanBlocks(result)
  if (mean === null) return count(result.options.blocksPerRound, 'block')
  return `as many blocks as narrow the intervals soonest (${mean.toFixed(0)} on average)`
}

/** The command that asks for the same run again, safe to paste into a POSIX shell. */
export function reproduceCommand(result: Result): string {
  const { options, seed, study, environment } = result
  // What no option can say is in the result itself.
  const isWrittenOut = options.ownEndpoints.length > 0 && options.givenEndpoints === undefined
  const isInFile = isWrittenOut || options.apps.some((app) => typeof app !== 'string') || CONFIG in options.given
  if (isInFile && result.config !== null) return commandLine(['compare', '--'], [[CONFIG, RESULT]])
  // A study's options mean what they meant when they were given; what it chose by itself it will choose again.
  if (result.answer !== null) {
    const told = Object.entries({ ...options.given, '--seed': String(seed) }).filter(([flag]) => !PLACES.includes(flag))
    return commandLine(['study', '--', study], told)
  }
  return commandLine(
    [study, '--'],
    [
      ['--apps', result.apps.map(({ given }) => given).join(',')],
      ['--baseline', result.apps[0]?.given === BASELINE ? null : (result.apps[0]?.given ?? null)],
      ['--endpoints', (options.givenEndpoints ?? options.endpoints).join(',')],
      ['--connections', options.connections],
      ['--transport', options.transport === 'tcp' ? null : options.transport],
      ['--node-flags', options.nodeFlags.length === 0 ? null : options.nodeFlags.join(' ')],
      ['--quick', options.quick ? '' : null],
      ['--rounds', options.rounds],
      ['--precision', options.precisionPercent],
      ['--max-minutes', options.maxMinutes],
      ['--slice', options.sliceMilliseconds],
      ['--blocks', options.blocksPerRound > 0 && meanBlocks(result) === null ? options.blocksPerRound : null],
      ['--warm-up', options.warmUpMilliseconds > 0 && isWarmUpGiven(options) ? options.warmUpMilliseconds / 1000 : null],
      // On one machine the check may find that more lanes change nothing, and another time that they do.
      ['--lanes', environment.laneCheck === null ? null : 1 + environment.moreLanes.length],
      ['--driver', options.driver],
      ['--seed', seed],
    ],
  )
}

/** @param options with their values; empty: it takes none, null: it is left out */
function commandLine(script: readonly string[], options: readonly (readonly [string, string | number | null])[]): string {
  const words = options.flatMap(([flag, value]) => (value === null ? [] : value === '' ? [flag] : [flag, String(value)]))
  return ['npm', 'run', ...script, ...words].map(shellQuote).join(' ')
}

/** The estimator is what the format of the result means by an estimate; its level and the copies of the baseline are in the result. */
function estimator({ format, cells, baseline }: Result): string[] {
  const measured = cells.find((cell) => cell.state === 'measured')
  if (measured === undefined) return []
  const copies = Math.max(1, ...cells.filter(({ app }) => app === baseline).map(({ deployment }) => deployment.copies))
  const paired = copies === 1 ? appId(baseline) : `${copies} copies of ${appId(baseline)}`
  const several = [...new Map(cells.map(({ app, deployment }) => [app, deployment.copies]))].filter(
    ([app, most]) => app !== baseline && most > 1,
  )
  return [
    ...several.map(([app, most]) => `Of ${appId(app)} a round has up to ${most} processes, because they differ most.`),
    format === 1
      ? `A round's ratio is the trimmed mean of the log ratios of slices of one block, each paired with ${paired};`
      : `A request costs all CPU time of the servers over all their requests, in slices and outside; a round's ratio is that over the cost of ${paired};`,
    `the ratio shown is the mean over rounds with a Student t interval at ${formatLevel(measured.ratio.level)}.`,
  ]
}

function stopping({ options, stoppedBecause }: Result): string[] {
  const { rounds, precisionPercent } = options
  const until = precisionPercent === null ? '' : ` until every ratio is known within ±${precisionPercent} %, or`
  return [
    rounds === null
      ? `Rounds go on${until} for at most ${count(options.maxMinutes, 'minute')}.`
      : 'The number of rounds was given.',
    ...(stoppedBecause === 'interrupted' || stoppedBecause === 'failed' ? [`The run was cut short: ${stoppedBecause}.`] : []),
  ]
}

function driver({ options, environment }: Result): string {
  return `${fact(options.driver)} ${fact(environment.driverVersion)}`
}

/** Which CPU each side has. */
function pinning({ environment: { serverCpu, serverCpus, loadCpu, moreLanes } }: Result): string {
  if (moreLanes.length > 0) {
    const pairs = [{ serverCpu, loadCpu }, ...moreLanes].map((lane) => `${lane.serverCpu}/${lane.loadCpu}`)
    return `in ${pairs.length} lanes, server and load generator on CPUs ${listInWords(pairs)}`
  }
  if (serverCpu === null && loadCpu === null) return 'not pinned'
  const place = (cpu: number | null) => (cpu === null ? 'not pinned' : `on CPU ${cpu}`)
  const servers = serverCpus === null ? place(serverCpu) : `on CPUs ${serverCpus.join(', ')}`
  return `server ${servers}, load generator ${place(loadCpu)}`
}

/** What the check of the lanes has found; nothing where there was one lane only. */
function lanes({ environment: { laneCheck, moreLanes } }: Result): string[] {
  if (laneCheck?.cost == null) return []
  const changed = `costs differed by ${formatChange(laneCheck.cost)} from those of one alone`
  return [
    moreLanes.length > 0
      ? `Every lane measures rounds of its own at the same time; with all at work ${changed}.`
      : `More rounds at the same time were tried and left out: with ${laneCheck.lanes} lanes at work ${changed}.`,
  ]
}

/** `GenuineIntel family 6 model 106 stepping 6, microcode 0xd0003a5, 3 mitigations, no hypervisor, clock tsc`: as much as is known. */
function processor({ environment: { cpu, hypervisor, clockSource } }: Result): string | null {
  const mitigations = Object.values(cpu?.mitigations ?? {}).filter((text) => text.startsWith('Mitigation'))
  const known = [
    processorType(cpu),
    cpu?.microcode == null ? null : `microcode ${cpu.microcode}`,
    cpu?.mitigations == null ? null : count(mitigations.length, 'mitigation'),
    hypervisor === null ? null : hypervisor === 'none' ? 'no hypervisor' : `hypervisor ${hypervisor}`,
    clockSource === null ? null : `clock ${clockSource}`,
  ].filter((part) => part !== null)
  return known.length === 0 ? null : known.map(fact).join(', ')
}

/** `24.21.0`, however the result writes it. */
export function version(node: string): string {
  return fact(node).replace(/^v(?=\d)/, '')
}

/** `16 connections`, or `1 to 128 connections` where a study varies them. */
function connections({ cells, options }: Result): string {
  const counts = cells.length === 0 ? [options.connections] : cells.map(({ load }) => load.connections)
  return `${fromTo(counts)} ${Math.max(...counts) === 1 ? 'connection' : 'connections'}`
}

/** `tcp`, or `tcp and unix` where a study varies it: how the load generator asked. nginx in front of an app is asked over TCP. */
function transports({ cells, options }: Result): string {
  const asked = cells.map(({ deployment: { transport, proxy } }) => (proxy === null ? transport : 'tcp'))
  return listInWords([...new Set(asked.length === 0 ? [options.transport] : asked)])
}

/** `20`, or `20 to 250` where numbers differ. */
function fromTo(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return least === most ? String(most) : `${least} to ${most}`
}

/** `2026-11-21 09:30 UTC` of an ISO time. */
export function utcMinute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}

function fact(text: string): string {
  return plainText(text, LONGEST_FACT)
}
