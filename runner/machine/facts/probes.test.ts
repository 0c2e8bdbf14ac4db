import { describe, expect, it } from 'vitest'
import { fourCpus } from '../../fixtures/cpu-topologies.ts'
import { calm, factOf, factsOf } from '../../fixtures/facts-of.ts'
import { container, laptop, type MachineTexts, virtualMachine, withFiles } from '../../fixtures/machines.ts'

describe('single probes', () => {
  it('one CPU: others are offered if there are any', () => {
    const pinned = withFiles(laptop, { '/proc/self/status': 'Cpus_allowed_list:\t5\n' })
    expect(factOf('cpus', pinned)).toEqual(['poor', '1 (5)', 'taskset -c 6,7 npm run compare'])
    expect(factOf('pinning', pinned)).toEqual(['poor', 'there is only one CPU'])
    const single = withFiles(pinned, { '/sys/devices/system/cpu/online': '5\n' })
    expect(factOf('cpus', single)).toEqual(['poor', '1 (5)'])
  })

  it('taskset: how to get it', () => {
    const without = { ...laptop, programs: [] }
    expect(factOf('pinning', without)).toEqual([
      ...['poor', 'the program taskset is not installed'],
      'sudo apt-get install util-linux',
    ])
  })

  it('threads of one core: poor only where there is no other core', () => {
    const neighbours = Object.fromEntries(
      [0, 1, 2, 3].map((cpu) => [`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, cpu < 2 ? '0-1\n' : '2-3\n']),
    )
    const cloud = withFiles(virtualMachine, { ...neighbours, '/sys/devices/system/cpu/online': '0-3\n' })
    const allowed = (cpus: string) => withFiles(cloud, { '/proc/self/status': `Cpus_allowed_list:\t${cpus}\n` })
    expect(factOf('smt', allowed('0-3'))).toEqual(['good', 'CPUs 2, 3 are one core; the load generator has another'])
    expect(factOf('smt', allowed('2-3'))).toEqual(['poor', 'CPUs 2, 3 are one core, shared by servers and load generator'])
  })

  it('memory nodes: poor only where none of them has two cores', () => {
    const nodes = { '/sys/devices/system/node/online': '0-1\n', '/sys/devices/system/node/node0/cpulist': '0-6\n' }
    const split = withFiles(laptop, { ...nodes, '/sys/devices/system/node/node1/cpulist': '7\n' })
    expect(factOf('numa', split)).toEqual(['good', '2 nodes; servers and load generator are on node 0'])
    const narrow = withFiles(split, { '/proc/self/status': 'Cpus_allowed_list:\t2,6,7\n' })
    expect(factOf('numa', narrow)).toEqual(['poor', '2 nodes; servers and load generator are on different ones'])
  })

  it('lanes: all of their CPUs count', () => {
    const inLanes = (texts: MachineTexts) => factsOf(texts, null, 16, 2)
    const said = (texts: MachineTexts, id: string) => inLanes(texts).find((fact) => fact.id === id)?.value
    expect(said(fourCpus, 'pinning')).toBe('servers on CPU 3, load generator on CPU 2; on CPUs 1 and 0 at the same time')
    const governors = Object.fromEntries(
      [0, 1, 2, 3].map((cpu) => [
        `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`,
        cpu === 0 ? 'schedutil\n' : 'performance\n',
      ]),
    )
    expect(said(withFiles(fourCpus, governors), 'governor')).toBe('performance, schedutil')
    const nodes = { '/sys/devices/system/node/online': '0-1\n', '/sys/devices/system/node/node0/cpulist': '0-1\n' }
    const split = withFiles(fourCpus, { ...nodes, '/sys/devices/system/node/node1/cpulist': '2-3\n' })
    expect(said(split, 'numa')).toBe('2 nodes; servers and load generator are together on nodes 1 and 0')
  })

  it('governor: only the CPUs that are used count', () => {
    const governor = (cpu: number) => `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`
    const ready = withFiles(laptop, { [governor(6)]: 'performance\n', [governor(7)]: 'performance\n' })
    expect(factOf('governor', ready)).toEqual(['good', 'performance'])
    const half = withFiles(laptop, { [governor(6)]: 'performance\n', [governor(7)]: 'schedutil\n' })
    expect(factOf('governor', half).slice(0, 2)).toEqual(['poor', 'performance, schedutil'])
  })

  it('turbo: off by either switch', () => {
    expect(factOf('turbo', withFiles(laptop, { '/sys/devices/system/cpu/intel_pstate/no_turbo': '1\n' }))).toEqual([
      'good',
      'off',
    ])
    expect(factOf('turbo', withFiles(container, { '/sys/devices/system/cpu/cpufreq/boost': '0\n' }))).toEqual(['good', 'off'])
  })

  it('virtualisation: by its maker where the processor has no flag for it', () => {
    const arm = { '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd\n' }
    expect(factOf('virtualisation', withFiles(laptop, arm))).toEqual(['good', 'no virtual machine'])
    const cloud = withFiles(laptop, {
      ...arm,
      '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n',
      '/sys/class/dmi/id/product_name': 'c7g.large\n',
    })
    expect(factOf('virtualisation', cloud)).toEqual([
      ...['unknown', 'virtual machine (Amazon EC2 c7g.large); no stolen time seen since it started'],
    ])
    expect(factOf('virtualisation', { files: arm })).toEqual(['unknown', 'not known here'])
  })

  it('stolen time: poor where a virtual machine charges it to the server', () => {
    const careless = withFiles(virtualMachine, { '/proc/config.gz': '# CONFIG_PARAVIRT_TIME_ACCOUNTING is not set\n' })
    expect(factOf('stolen-time-accounting', careless)).toEqual(['poor', 'this kernel leaves it in the CPU time of the server'])
  })

  it('open files: as many as the connections of the run need', () => {
    const openFiles = (limit: string, connections: number) =>
      factsOf(
        withFiles(virtualMachine, { '/proc/self/limits': `Max open files            ${limit}    ${limit}    files\n` }),
        null,
        connections,
      ).find(({ id }) => id === 'open-files')
    expect(openFiles('296', 16)).toMatchObject({ grade: 'good' })
    expect(openFiles('295', 16)).toMatchObject({ grade: 'poor', change: 'prlimit --pid $$ --nofile=296:296' })
    expect(openFiles('4096', 1024)).toMatchObject({ grade: 'poor', value: '4,096, enough for 649 connections per app' })
    expect(openFiles('unlimited', 1024)).toMatchObject({ grade: 'good', value: 'no limit' })
  })

  it('CPU limit: the tightest on the way up, in either version of control groups', () => {
    const group = '/sys/fs/cgroup/user.slice/user-1000.slice'
    const limited = withFiles(laptop, {
      [`${group}/cpu.max`]: '400000 100000\n',
      '/sys/fs/cgroup/user.slice/cpu.max': '200000 100000\n',
    })
    expect(factOf('container-cpu', limited)).toEqual(['poor', '2 CPUs', 'echo max | sudo tee /sys/fs/cgroup/user.slice/cpu.max'])
    const roomy = withFiles(laptop, { [`${group}/cpu.max`]: '400000 100000\n' })
    expect(factOf('container-cpu', roomy)).toEqual(['good', '4 CPUs'])
    const old = withFiles(virtualMachine, {
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '75000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '50000\n',
    })
    expect(factOf('container-cpu', old)).toEqual(['poor', '1.5 CPUs', 'echo -1 | tee /sys/fs/cgroup/cpu/cpu.cfs_quota_us'])
    const unlimited = withFiles(old, { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n' })
    expect(factOf('container-cpu', unlimited)).toEqual(['good', 'no limit'])
  })

  it('CPU limit: the name of a group cannot add words to the command', () => {
    const named = withFiles(laptop, {
      '/proc/self/cgroup': '0::/a; reboot\n',
      '/sys/fs/cgroup/a; reboot/cpu.max': '100000 100000\n',
    })
    expect(factOf('container-cpu', named)[2]).toBe("echo max | sudo tee '/sys/fs/cgroup/a; reboot/cpu.max'")
  })

  it('packages: a missing one, and no lockfile', () => {
    expect(factOf('packages', { ...laptop, packages: {} })).toEqual(['poor', 'koa is missing (lockfile: 3.3.0)', 'npm ci'])
    expect(factOf('packages', withFiles(laptop, { 'package-lock.json': '{' }))).toEqual(['unknown', 'there is no lockfile'])
  })

  it('texts of files are made harmless and short', () => {
    const hostile = withFiles(laptop, {
      '/sys/devices/system/cpu/cpu7/cpufreq/scaling_governor': `\u001b[31mred\u0007\u202e ${'x'.repeat(10_000)}`,
    })
    const [, value = ''] = factOf('governor', hostile)
    expect(value).toMatch(/^powersave, red x+…$/)
    expect([...value!].length).toBeLessThanOrEqual(500)
  })

  it('files that hold nonsense are not known', () => {
    const nonsense = Object.fromEntries(Object.keys(laptop.files).map((path) => [path, 'nonsense']))
    const facts = factsOf({ files: nonsense, programs: ['taskset'] }, { ...calm, coupling: null })
    expect(facts.filter(({ value }) => /NaN|undefined|null|Infinity/.test(value))).toEqual([])
  })
})
