import { formatNumber } from '../../result/format.ts'
import { shellQuote } from '../../result/plain-text.ts'
import { type CgroupFile, cgroupFiles } from '../cgroup.ts'
import { readWord } from '../machine-reader.ts'
import { allowedCpus } from '../topology.ts'
import { asRoot, good, type Probe, poor, type Scene, unknown, writeInto } from './probe.ts'

/** The load generator holds a connection to each app, and to the baseline's second copy; the rest is what Node.js opens on its own. */
const FILES_PER_CONNECTION = 6
const FILES_BESIDE = 200
/** Servers and load generator keep a CPU busy each; the runner and the kernel need a little on top. */
const BUSY_CPUS = 3
const LEAST_MEMORY_BYTES = 2 ** 30
/** Version 1 writes "no limit" as the largest number of pages. */
const NO_LIMIT_BYTES = 2 ** 60
const NO_LIMIT = 'no limit'

/** What a shell or a container allows. */
export const limitProbes: readonly Probe[] = [
  {
    id: 'open-files',
    group: 'limits',
    title: 'open files',
    good: `${FILES_PER_CONNECTION} per connection and ${FILES_BESIDE} besides`,
    source: '`Max open files` of `/proc/self/limits`',
    why: 'A connection that cannot be opened for want of a file number ends the run.',
    read({ machine, connections }) {
      const limit = /^Max open files\s+(\d+|unlimited)/m.exec(machine.readFile('/proc/self/limits') ?? '')?.[1]
      if (limit === undefined) return unknown('not known here')
      if (limit === 'unlimited') return good(NO_LIMIT)
      const needed = FILES_PER_CONNECTION * connections + FILES_BESIDE
      const most = Math.max(0, Math.floor((Number(limit) - FILES_BESIDE) / FILES_PER_CONNECTION))
      const value = `${formatNumber(Number(limit), 0)}, enough for ${formatNumber(most, 0)} connections per app`
      return Number(limit) < needed ? poor(value, asRoot(machine, `prlimit --pid $$ --nofile=${needed}:${needed}`)) : good(value)
    },
  },
  {
    id: 'container-cpu',
    group: 'limits',
    title: 'CPU limit of the container',
    good: `none, or ${BUSY_CPUS} CPUs and more`,
    source: '`cpu.max`, `cpu.cfs_quota_us` of the control group and those above it',
    why: 'A group that has used up its share stands still until the next tenth of a second: servers would stop in the middle of slices.',
    read: readCpuQuota,
  },
  {
    id: 'container-memory',
    group: 'limits',
    title: 'memory limit of the container',
    good: 'none, or 1 GiB and more',
    source: '`memory.max`, `memory.limit_in_bytes` of the control group and those above it',
    why: 'Runner, load generator and apps live in it together, and the kernel ends one of them when it is full.',
    read({ machine }) {
      const files = cgroupFiles(machine, 'memory', { v2: 'memory.max', v1: 'memory.limit_in_bytes' })
      if (files.length === 0) return unlimitedOrUnknown(machine)
      const limits = files.map(({ text }) => Number(text)).filter((bytes) => bytes < NO_LIMIT_BYTES)
      if (limits.length === 0) return good(NO_LIMIT)
      const least = Math.min(...limits)
      const value = `${(least / 2 ** 30).toFixed(1)} GiB`
      return least < LEAST_MEMORY_BYTES ? poor(value, null) : good(value)
    },
  },
  {
    id: 'container-cpus',
    group: 'limits',
    title: 'CPUs of the container',
    good: 'two or more',
    source: '`cpuset.cpus.effective`, `cpuset.effective_cpus` of the control group',
    why: 'A cpuset decides which CPUs there are to choose from.',
    read({ machine }) {
      const [nearest] = cgroupFiles(machine, 'cpuset', { v2: 'cpuset.cpus.effective', v1: 'cpuset.effective_cpus' })
      if (nearest === undefined || nearest.text === '') return unlimitedOrUnknown(machine)
      const online = readWord(machine, '/sys/devices/system/cpu/online')
      const several = /[,-]/.test(nearest.text)
      const value = nearest.text === online ? `all (${nearest.text})` : `${nearest.text}${online === null ? '' : ` of ${online}`}`
      return several ? good(value) : poor(value, null)
    },
  },
]

function readCpuQuota({ machine }: Scene) {
  const files = cgroupFiles(machine, 'cpu', { v2: 'cpu.max', v1: 'cpu.cfs_quota_us' })
  if (files.length === 0) return unlimitedOrUnknown(machine)
  const quotas = files.flatMap((file) => {
    const cpus = cpusOf(file, machine.readFile)
    return cpus === null ? [] : [{ ...file, cpus }]
  })
  const tightest = quotas.sort((a, b) => a.cpus - b.cpus)[0]
  if (tightest === undefined) return good(NO_LIMIT)
  const value = `${Number(tightest.cpus.toFixed(2))} CPUs`
  if (tightest.cpus >= BUSY_CPUS || tightest.cpus > allowedCpus(machine).length) return good(value)
  const unlimited = tightest.path.endsWith('cpu.max') ? 'max' : '-1'
  return poor(value, writeInto(machine, unlimited, shellQuote(tightest.path)))
}

/** `max 100000` or `150000 100000` (version 2); `-1` or `150000` with the period in a file beside it (version 1). */
function cpusOf({ path, text }: CgroupFile, readFile: (path: string) => string | null): number | null {
  const [quota = '', period = readFile(path.replace(/quota_us$/, 'period_us'))?.trim() ?? ''] = text.split(' ')
  const cpus = Number(quota) / Number(period)
  return cpus > 0 && Number.isFinite(cpus) ? cpus : null
}

/** The root group has no such files, and neither has a group without the controller: then nothing limits it. */
function unlimitedOrUnknown({ readFile }: Scene['machine']) {
  return readFile('/proc/self/cgroup') === null ? unknown('not known here') : good(NO_LIMIT)
}
