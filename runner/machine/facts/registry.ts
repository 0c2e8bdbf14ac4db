import { type Fact, FactGroup } from '../../result/fact.ts'
import { plainText } from '../../result/plain-text.ts'
import { cpuProbes } from './cpus.ts'
import { frequencyProbes } from './frequency.ts'
import { kernelProbes } from './kernel.ts'
import { limitProbes } from './limits.ts'
import { loadProbes } from './load.ts'
import { machineProbes } from './machine.ts'
import { networkProbes } from './network.ts'
import { type Probe, type Scene, unknown } from './probe.ts'
import { softwareProbes } from './software.ts'

const LONGEST_VALUE = 500

/** Every fact there is, by group: what the doctor shows, what results remember, what docs/doctor.md explains. */
export const probes: readonly Probe[] = FactGroup.options.flatMap((group) =>
  [
    ...machineProbes,
    ...loadProbes,
    ...cpuProbes,
    ...frequencyProbes,
    ...kernelProbes,
    ...networkProbes,
    ...limitProbes,
    ...softwareProbes,
  ].filter((probe) => probe.group === group),
)

/** All facts of a machine; those that have to be measured only if they were. */
export function readFacts(scene: Scene): Fact[] {
  const { platform } = scene.machine
  return probes
    .filter(({ measured }) => measured !== true || scene.measured !== null)
    .map(({ id, group, title, why, everywhere, read }) => {
      const { value, grade, change } = everywhere || platform === 'linux' ? read(scene) : unknown(`not known on ${platform}`)
      return {
        id,
        group,
        title,
        value: plainText(value, LONGEST_VALUE),
        grade,
        why,
        change: change && plainText(change, LONGEST_VALUE),
      }
    })
}
