import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { installedVersion } from '../../apps/installed-version.ts'

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
