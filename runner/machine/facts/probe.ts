import type { Fact, Grade } from '../../result/fact.ts'
import { type Machine, readWord } from '../machine-reader.ts'
import type { Measured } from '../measure-machine.ts'
import { type CpuPlacement, lanesOf } from '../placement.ts'
import { allowedCpus } from '../topology.ts'

/** What a probe may look at. Probes are pure: all of it is passed in. */
export interface Scene {
  readonly machine: Machine
  readonly placement: CpuPlacement
  /** Connections per app that a run is going to open. */
  readonly connections: number
  /** What takes seconds to find out; null: not measured this time. */
  readonly measured: Measured | null
}

/** What a probe found. */
export interface Reading {
  readonly value: string
  readonly grade: Grade
  /** The exact command that would change it; null when there is none or no need. */
  readonly change: string | null
}

/** One fact about the machine: what it is called, why it matters, and how it is read. */
export interface Probe extends Pick<Fact, 'id' | 'title' | 'why'> {
  /** What counts as good, for docs/doctor.md. */
  readonly good: string
  /** Where it comes from, for docs/doctor.md. */
  readonly source: string
  /** Needs `Scene.measured` and is left out without it. */
  readonly measured?: true
  /** Says something on systems other than Linux too; the others are not asked there. */
  readonly everywhere?: true
  /** null: the machine does not say. */
  read(scene: Scene): Reading | null
}

export function good(value: string): Reading {
  return { value, grade: 'good', change: null }
}

export function poor(value: string, change: string | null = null): Reading {
  return { value, grade: 'poor', change }
}

export function unknown(value: string, change: string | null = null): Reading {
  return { value, grade: 'unknown', change }
}

/** @param change the command that would make it good */
export function graded(isGood: boolean, value: string, change: string | null = null): Reading {
  return isGood ? good(value) : poor(value, change)
}

/** A probe of a setting of the kernel that holds whole numbers, such as `net.core.somaxconn`, and the value that would be good. */
export function setting(
  name: string,
  wanted: string,
  judge: (first: number, second: number | undefined) => readonly [isGood: boolean, value: string] | null,
): Pick<Probe, 'source' | 'read'> {
  const path = `/proc/sys/${name.replaceAll('.', '/')}`
  return {
    source: `\`${path}\``,
    read({ machine }) {
      const text = readWord(machine, path) ?? ''
      const [first, second] = /^-?\d+(\s+-?\d+)*$/.test(text) ? text.split(/\s+/).map(Number) : []
      const judged = first === undefined ? null : judge(first, second)
      return judged && graded(...judged, asRoot(machine, `sysctl -w ${name}=${wanted}`))
    },
  }
}

/** A command that needs the rights of root. */
export function asRoot({ isRoot }: Machine, command: string): string {
  return isRoot ? command : `sudo ${command}`
}

/** Writes a word into a file of the kernel. */
export function writeInto(machine: Machine, word: string, path: string): string {
  return `echo ${word} | ${asRoot(machine, `tee ${path}`)}`
}

/** The CPUs that servers and load generators have; all that are allowed when nothing is pinned. */
export function usedCpus({ machine, placement }: Scene): readonly number[] {
  const used = lanesOf(placement).flatMap(({ serverCpu, loadCpu }) => [loadCpu, serverCpu])
  return used.every((cpu) => cpu !== null) ? used : allowedCpus(machine)
}
