import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { installedVersion } from '../../apps/installed-version.ts'
import { NOT_AFFECTED, type Processor } from '../result/fact.ts'

/** Everything the suite reads of the machine it runs on, passed in so that tests can bring the texts of another. Nothing throws. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly kernelRelease: string
  /** Version of the Node.js that is running, without a `v`. */
  readonly nodeVersion: string
  /** Commands that change the machine need no `sudo`. */
  readonly isRoot: boolean
  /** Environment variables of the runner. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Text of a file, unpacked if it ends in `.gz`; null when it cannot be read. Relative paths start at the project's folder. */
  readFile(path: string): string | null
  /** Names in a folder, sorted; none when it cannot be read. Relative paths start at the project's folder. */
  listFolder(path: string): readonly string[]
  /** Runs a program in the project's folder; null when there is none, or when it does not end within seconds. */
  run(command: string, args: readonly string[]): { status: number; stdout: string } | null
  hasProgram(name: string): boolean
  /** Installed version of an npm package as the project resolves it. */
  installedVersion(packageName: string): string | null
}

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const OWN_STATUS = '/proc/self/status'
const LONGEST_RUN_MILLISECONDS = 2_000
/** Where servers are installed; a user's PATH often leaves them out. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The runner pins itself to one CPU later; what the suite may use is what it was started with. */
const statusAtStart = read(OWN_STATUS)

/** The machine this process runs on. */
export const thisMachine: Machine = {
  platform: process.platform,
  kernelRelease: release(),
  nodeVersion: process.versions.node,
  isRoot: process.getuid?.() === 0,
  variables: process.env,
  readFile: (path) => (path === OWN_STATUS ? statusAtStart : read(path)),
  listFolder(path) {
    try {
      return readdirSync(resolve(PROJECT, path)).sort()
    } catch {
      return []
    }
  },
  run(command, args) {
    const { status, stdout } = spawnSync(command, args, { cwd: PROJECT, encoding: 'utf8', timeout: LONGEST_RUN_MILLISECONDS })
    return status === null ? null : { status, stdout }
  },
  hasProgram(name) {
    const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter((folder) => folder !== '')
    return folders.some((folder) => isExecutable(join(folder, name)))
  },
  installedVersion: (packageName) => installedVersion(packageName, join(PROJECT, 'package.json')),
}

function read(path: string): string | null {
  try {
    const bytes = readFileSync(resolve(PROJECT, path))
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch {
    return null
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Text of a small file without white space around it; null when it cannot be read. */
export function readWord({ readFile }: Machine, path: string): string | null {
  return readFile(path)?.trim() ?? null
}

/** A whole number from a small file; null when it cannot be read or is none. */
export function readNumber(machine: Machine, path: string): number | null {
  const word = readWord(machine, path)
  return word !== null && /^-?\d+$/.test(word) ? Number(word) : null
}

/** What stays as it is for as long as this process runs, read once of every machine: a calibration describes it in hundreds of runs. */
export function readOnce<Value>(read: (machine: Machine) => Value): (machine: Machine) => Value {
  const known = new WeakMap<Machine, { readonly value: Value }>()
  return (machine) => {
    const found = known.get(machine) ?? { value: read(machine) }
    known.set(machine, found)
    return found.value
  }
}

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities'
/** Makers that name their virtual machines in the BIOS tables; needed where the CPU has no flag for it, as on ARM. */
const VIRTUAL_MAKERS =
  /QEMU|KVM|VMware|VirtualBox|innotek|Xen|Microsoft Corporation Virtual|Amazon EC2|Google Compute|Bochs|Parallels|OpenStack/i

/** Whether this is a virtual machine; null where nothing tells. */
export function isVirtual(machine: Machine): boolean | null {
  const cpuinfo = machine.readFile('/proc/cpuinfo')
  if (cpuinfo === null) return null
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]
  if (flags?.split(' ').includes('hypervisor') || machine.readFile('/sys/hypervisor/type') !== null) return true
  const maker = makerOf(machine)
  if (VIRTUAL_MAKERS.test(maker)) return true
  // An x86 processor always says so in its flags; others leave it to the maker.
  return flags !== undefined || maker !== '' ? false : null
}

/** Maker and product of the machine by its BIOS tables; an empty text where there are none. */
export function makerOf(machine: Machine): string {
  const words = ['sys_vendor', 'product_name'].map((name) => readWord(machine, `/sys/class/dmi/id/${name}`) ?? '')
  return words.join(' ').trim()
}

/** What the machine runs on, as far as it says: `none`, a name, or `unnamed`; null: not known whether there is one. */
export function hypervisorOf(machine: Machine): string | null {
  const virtual = isVirtual(machine)
  if (virtual === null) return null
  return virtual ? makerOf(machine) || readWord(machine, '/sys/hypervisor/type') || 'unnamed' : 'none'
}

/** The processor that a CPU belongs to (null: the first CPU); null where the kernel does not say. Cores of one chip may differ. */
export function readProcessor(machine: Machine, cpu: number | null): Processor | null {
  const cpuinfo = machine.readFile('/proc/cpuinfo')
  if (cpuinfo === null) return null
  const sections = cpuinfo.split(/\n\s*\n/).map(fieldsOf)
  const own = sections.find((section) => section.get('processor') === String(cpu)) ?? sections[0]!
  const field = (name: string) => own.get(name) ?? null
  const isArm = own.has('CPU implementer')
  const type = isArm
    ? { vendor: field('CPU implementer'), family: field('CPU architecture'), model: field('CPU part') }
    : { vendor: field('vendor_id'), family: field('cpu family'), model: field('model') }
  const [variant, revision] = [field('CPU variant'), field('CPU revision')]
  const armStepping = variant === null || revision === null ? null : `r${Number(variant)}p${revision}`
  const stepping = isArm ? armStepping : field('stepping')
  return { ...type, stepping, microcode: field('microcode'), mitigations: mitigations(machine) }
}

function fieldsOf(section: string): Map<string, string> {
  return new Map([...section.matchAll(/^([^:\n]*?)\s*:[ \t]*(.*)$/gm)].map(([, name, value]) => [name!, value!.trim()]))
}

function mitigations(machine: Machine): Record<string, string> | null {
  const known = machine.listFolder(VULNERABILITIES).flatMap((name): [string, string][] => {
    const text = readWord(machine, `${VULNERABILITIES}/${name}`)
    return text === null ? [] : [[name, text]]
  })
  return known.length === 0 ? null : Object.fromEntries(known.filter(([, text]) => text !== NOT_AFFECTED))
}
