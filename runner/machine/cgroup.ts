import type { Machine } from './machine-reader.ts'

/** A file of the control group this process is in. */
export interface CgroupFile {
  readonly path: string
  readonly text: string
}

/** Where control groups of version 1 and 2 are mounted by systemd and in containers, see cgroups(7). */
const ROOT = '/sys/fs/cgroup'

/**
 * A file of this process' own control group and of all groups above it, the nearest first: a limit anywhere on the way up holds.
 * @param controller of version 1, for example `cpu`
 * @param names of the file in version 2 and in version 1
 */
export function cgroupFiles(machine: Machine, controller: string, names: { v2: string; v1: string }): CgroupFile[] {
  const membership = machine.readFile('/proc/self/cgroup') ?? ''
  const v1 = groupIn(membership, (controllers) => controllers.split(',').includes(controller))
  const ofV1 = v1 === null ? [] : upwards(machine, `${ROOT}/${controller}`, v1, names.v1)
  if (ofV1.length > 0) return ofV1
  const v2 = groupIn(membership, (controllers) => controllers === '')
  return v2 === null ? [] : upwards(machine, ROOT, v2, names.v2)
}

/** Lines of /proc/PID/cgroup are `number:controllers:path`; version 2 has number 0 and no controllers. */
function groupIn(membership: string, wanted: (controllers: string) => boolean): string | null {
  for (const line of membership.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (controllers !== undefined && wanted(controllers)) return path ?? null
  }
  return null
}

function upwards({ readFile }: Machine, mount: string, group: string, name: string): CgroupFile[] {
  const parts = group.split('/').filter((part) => part !== '')
  // In a container the path is the host's, while the container's own group is mounted as the root.
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    [mount, ...parts.slice(0, parts.length - up), name].join('/'),
  ).flatMap((path) => {
    const text = readFile(path)
    return text === null ? [] : [{ path, text: text.trim() }]
  })
}
