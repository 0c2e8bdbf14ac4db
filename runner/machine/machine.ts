import { arch, cpus, platform, totalmem } from 'node:os'
import type { Fact } from '../result/fact.ts'
import type { Environment } from '../result/model.ts'
import type { CpuPlacement } from './cpus.ts'
import { CLOCK_SOURCE } from './facts/kernel.ts'
import { readFacts } from './facts/registry.ts'
import { hypervisorOf, readProcessor } from './hardware.ts'
import { type Machine, readOnce, readWord, thisMachine } from './machine-reader.ts'

/**
 * What can be said of the machine and the suite before a run, in some tens of milliseconds: nothing is measured, so there is no
 * speed score.
 * @param connections per app that the run is going to open
 */
export function describeMachine(placement: CpuPlacement, connections: number, machine: Machine = thisMachine) {
  const facts = readFacts({ machine, placement, connections, measured: null })
  return {
    suiteVersion: suiteVersion(machine),
    commit: currentCommit(machine),
    node: machine.nodeVersion,
    v8: process.versions.v8,
    platform: platform(),
    arch: arch(),
    kernel: machine.kernelRelease,
    cpuModel: cpuModel(),
    cpu: readProcessor(machine, placement.serverCpu),
    cpus: cpus().length,
    hypervisor: hypervisorOf(machine),
    clockSource: readWord(machine, `${CLOCK_SOURCE}/current_clocksource`),
    memoryBytes: totalmem(),
    facts: facts.map(({ id, value, grade }) => ({ id, value, grade })),
    poor: facts.filter(({ grade }) => grade === 'poor').map(sentenceOf),
    speedScore: null as Environment['speedScore'],
  } satisfies Partial<Environment>
}

/** Version of the suite in package.json. */
export function suiteVersion({ readFile }: Machine): string {
  return (JSON.parse(readFile('package.json') ?? '{"version":"unknown"}') as { version: string }).version
}

/** The processor's name as the operating system has it. */
export function cpuModel(): string {
  return cpus()[0]?.model.trim() ?? 'unknown'
}

/** `turbo: on. Turbo raises the clock rate ...`: a fact that has to make sense years later. */
function sentenceOf({ title, value, why }: Fact): string {
  return `${title}: ${value}. ${why}`
}

/**
 * Commit of the suite, with a plus sign when files were changed since; null outside a git checkout. What runs is what it was started
 * with: pages that it writes into the checkout are no change of it.
 */
const currentCommit = readOnce(({ run }): string | null => {
  const head = run('git', ['rev-parse', '--short=12', 'HEAD'])
  if (head?.status !== 0) return null
  const changed = run('git', ['status', '--porcelain', '--untracked-files=no'])?.stdout.trim() !== ''
  return `${head.stdout.trim()}${changed ? '+' : ''}`
})
