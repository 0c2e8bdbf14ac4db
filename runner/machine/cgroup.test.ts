import { describe, expect, it } from 'vitest'
import { machineOf } from '../fixtures/machines.ts'
import { cgroupFiles } from './kernel-counters.ts'

const names = { v2: 'cpu.max', v1: 'cpu.cfs_quota_us' }
const pathsOf = (files: Record<string, string>) => cgroupFiles(machineOf({ files }), 'cpu', names).map(({ path }) => path)

describe('cgroupFiles', () => {
  it('version 2: from the own group up to the root', () => {
    const files = {
      '/proc/self/cgroup': '0::/user.slice/a b\n',
      '/sys/fs/cgroup/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/user.slice/cpu.max': '200000 100000\n',
      '/sys/fs/cgroup/user.slice/a b/cpu.max': 'max 100000\n',
    }
    expect(cgroupFiles(machineOf({ files }), 'cpu', names)).toEqual([
      { path: '/sys/fs/cgroup/user.slice/a b/cpu.max', text: 'max 100000' },
      { path: '/sys/fs/cgroup/user.slice/cpu.max', text: '200000 100000' },
      { path: '/sys/fs/cgroup/cpu.max', text: 'max 100000' },
    ])
  })

  it('version 1: by controller, also where several share a mount', () => {
    expect(
      pathsOf({
        '/proc/self/cgroup': '7:memory:/m\n4:cpu,cpuacct:/docker/1f\n0::/\n',
        '/sys/fs/cgroup/cpu/docker/1f/cpu.cfs_quota_us': '-1\n',
      }),
    ).toEqual(['/sys/fs/cgroup/cpu/docker/1f/cpu.cfs_quota_us'])
  })

  it("a container: the host's path leads nowhere, the root is the container's own group", () => {
    expect(
      pathsOf({ '/proc/self/cgroup': '4:cpu,cpuacct:/docker/1f\n', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n' }),
    ).toEqual(['/sys/fs/cgroup/cpu/cpu.cfs_quota_us'])
  })

  it('both versions mounted: the one that has the controller', () => {
    const files = { '/proc/self/cgroup': '1:cpu:/\n0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }
    expect(pathsOf(files)).toEqual(['/sys/fs/cgroup/cpu.max'])
  })

  it.each(['', 'nonsense', '1:cpu:relative', '2:memory:/'])('nothing for %j', (membership) => {
    expect(pathsOf({ '/proc/self/cgroup': membership, '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '1\n' })).toEqual([])
  })
})
