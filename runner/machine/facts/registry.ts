import { type Fact, FactGroup } from '../../result/fact.ts'
import { plainText } from '../../result/plain-text.ts'
import { cpuProbes } from './cpus.ts'
import { kernelProbes } from './kernel.ts'
import { limitProbes, networkProbes } from './limits.ts'
import { machineProbes } from './machine.ts'
import { type Probe, type Scene, unknown } from './probe.ts'
import { softwareProbes } from './software.ts'

const LONGEST_VALUE = 500

const byGroup: Readonly<Record<FactGroup, readonly Probe[]>> = {
  machine: machineProbes,
  CPU: cpuProbes,
  kernel: kernelProbes,
  network: networkProbes,
  limits: limitProbes,
  software: softwareProbes,
}

export type GroupedProbe = Probe & Pick<Fact, 'group'>

/** Every fact there is, by group: what the doctor shows, what results remember, what docs/doctor.md explains. */
export const probes: readonly GroupedProbe[] = FactGroup.options.flatMap((group) =>
  byGroup[group].map((probe) => ({ ...probe, group })),
)

/** All facts of a machine; those that have to be measured only if they were. */
export function readFacts(scene: Scene): Fact[] {
  const { platform } = scene.machine
  return probes
    .filter(({ measured }) => measured !== true || scene.measured !== null)
    .map(({ id, group, title, why, everywhere, read }) => {
      const isRead = everywhere || platform === 'linux'
      const found = isRead ? (read(scene) ?? unknown('not known here')) : unknown(`not known on ${platform}`)
      const value = plainText(found.value, LONGEST_VALUE)
      return { id, group, title, value, grade: found.grade, why, change: found.change && plainText(found.change, LONGEST_VALUE) }
    })
}
