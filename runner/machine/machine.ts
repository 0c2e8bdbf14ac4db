import { arch, cpus, platform, totalmem } from 'node:os'
import { type Fact, FactGroup } from '../result/fact.ts'
import type { Environment } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'
import { cpuProbes } from './facts/cpus.ts'
import { CLOCK_SOURCE, kernelProbes } from './facts/kernel.ts'
import { limitProbes, networkProbes } from './facts/limits.ts'
import { machineProbes } from './facts/machine.ts'
import { type Probe, type Scene, unknown } from './facts/probe.ts'
import { softwareProbes } from './facts/software.ts'
import { hypervisorOf, type Machine, readOnce, readProcessor, readWord, thisMachine } from './machine-reader.ts'
import type { CpuPlacement } from './placement.ts'

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
    // They have to make sense years later: `turbo: on. Turbo raises the clock rate ...`.
    poor: facts.filter(({ grade }) => grade === 'poor').map(({ title, value, why }) => `${title}: ${value}. ${why}`),
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

const LONGEST_VALUE = 500

const byGroup: Record<FactGroup, readonly Probe[]> = {
  machine: machineProbes,
  CPU: cpuProbes,
  kernel: kernelProbes,
  network: networkProbes,
  limits: limitProbes,
  software: softwareProbes,
}

/** Every fact there is, by group: what the doctor shows, what results remember, what docs/doctor.md explains. */
export const probes = FactGroup.options.flatMap((group) => byGroup[group].map((probe) => ({ ...probe, group })))

export type GroupedProbe = (typeof probes)[number]

/** All facts of a machine; those that have to be measured only if they were. */
export function readFacts(scene: Scene): Fact[] {
  const { platform } = scene.machine
  return probes
    .filter(({ measured }) => measured !== true || scene.measured !== null)
    .map(({ id, group, title, why, everywhere, read }) => {
      const isRead = everywhere || platform === 'linux'
      const { value, grade, change } = isRead ? (read(scene) ?? unknown('not known here')) : unknown(`not known on ${platform}`)
      const plain = (text: string) => plainText(text, LONGEST_VALUE)
      return { id, group, title, value: plain(value), grade, why, change: change && plain(change) }
    })
}
