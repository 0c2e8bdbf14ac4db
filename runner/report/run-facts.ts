import { processorType } from '../result/fact.ts'
import { count, formatDuration, formatShare } from '../result/format.ts'
import type { Result, StopReason } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'
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

/** What a short text has to say of a run. */
const MAIN_FACTS: readonly string[] = ['run', 'Node', 'machine', 'load', 'time']

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
  const { environment, options } = result
  const fact = (text: string) => plainText(text, LONGEST_FACT)
  const commit = environment.commit === null ? '' : `, commit ${fact(environment.commit).slice(0, 12)}`
  const poor = environment.poor.length
  const facts: Record<string, string | null> = {
    run: `${fact(result.study)}, ${utcMinute(result.startedAt)}, suite ${fact(environment.suiteVersion)}${commit}`,
    Node: `${version(environment.node)}, V8 ${fact(environment.v8)}`,
    machine: `${fact(environment.cpuModel)}, ${machineSize(result)}; ${pinning(result)}${distance(result)}`,
    CPU: processor(result),
    // Which ones is in `result.json`; it would be too long for a line.
    doctor: poor === 0 ? null : `${count(poor, 'poor point')} of this machine (npm run doctor)`,
    load: `${fact(options.driver)} ${fact(environment.driverVersion)}, ${connections(result)} over ${transports(result)}, seed ${result.seed}`,
    time: `${effort(result)}; stopped because ${stopReasons[result.stoppedBecause]}`,
  }
  return Object.entries(facts).flatMap(([name, text]) => (text === null ? [] : [{ name, text }]))
}

/** Which CPU each side has. */
export function pinning({ environment: { serverCpu, serverCpus, loadCpu } }: Result): string {
  if (serverCpu === null && loadCpu === null) return 'not pinned'
  const place = (cpu: number | null) => (cpu === null ? 'not pinned' : `on CPU ${cpu}`)
  const servers = serverCpus === null ? place(serverCpu) : `on CPUs ${serverCpus.join(', ')}`
  return `server ${servers}, load generator ${place(loadCpu)}`
}

/** `, 110 ns apart`: how long a cache line travels between the two CPUs and back. */
function distance({ environment: { cpuDistanceNanoseconds: distance } }: Result): string {
  return distance === null ? '' : `, ${Math.round(distance.mean)} ns apart`
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
  return known.length === 0 ? null : known.map((part) => plainText(part, LONGEST_FACT)).join(', ')
}

/** `24.21.0`, however the result writes it. */
export function version(node: string): string {
  return plainText(node, LONGEST_FACT).replace(/^v(?=\d)/, '')
}

function machineSize({ environment }: Result): string {
  const gibibytes = (environment.memoryBytes / 2 ** 30).toFixed(1)
  const kernel = plainText(`${environment.platform} ${environment.kernel} ${environment.arch}`, LONGEST_FACT)
  return `${environment.cpus} CPUs, ${gibibytes} GiB, ${kernel}`
}

function effort(result: Result): string {
  const dutyCycle = result.wallSeconds > 0 ? result.measuredSeconds / result.wallSeconds : null
  return `${count(result.rounds, 'round')} in ${formatDuration(result.wallSeconds)}, ${formatShare(dutyCycle)} % of it measuring`
}

/** `16 connections`, or `1 to 128 connections` where a study varies them. */
export function connections({ cells, options }: Result): string {
  const counts = cells.length === 0 ? [options.connections] : cells.map(({ load }) => load.connections)
  const most = Math.max(...counts)
  return `${fromTo(counts)} ${most === 1 ? 'connection' : 'connections'}`
}

/** `tcp`, or `tcp and unix` where a study varies it: how the load generator asked. nginx in front of an app is asked over TCP. */
export function transports({ cells, options }: Result): string {
  const asked = cells.map(({ deployment: { transport, proxy } }) => (proxy === null ? transport : 'tcp'))
  return listInWords([...new Set(asked.length === 0 ? [options.transport] : asked)])
}

/** `20`, or `20 to 250` where numbers differ. */
export function fromTo(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return least === most ? String(most) : `${least} to ${most}`
}

/** `2026-11-21 09:30 UTC` of an ISO time. */
export function utcMinute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
