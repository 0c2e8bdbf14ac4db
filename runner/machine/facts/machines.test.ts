import { describe, expect, it } from 'vitest'
import { calm, factOf, factsOf } from '../../fixtures/facts-of.ts'
import { container, laptop, type MachineTexts, mac, virtualMachine, withFiles } from '../../fixtures/machines.ts'

const poorOf = (texts: MachineTexts) => factsOf(texts).flatMap(({ id, grade }) => (grade === 'poor' ? [id] : []))

describe('a laptop as a distribution sets it up', () => {
  it('has these poor points and no other', () => {
    expect(poorOf(laptop)).toEqual(['governor', 'turbo', 'interrupt-time', 'huge-pages'])
  })

  it.each<[string, (string | null)[]]>([
    ['virtualisation', ['good', 'no virtual machine']],
    ['memory', ['good', '9.0 GiB of 15.6 GiB available, 0.5 GiB of 2.0 GiB swap used']],
    ['cpus', ['good', '8 (0-7)']],
    ['pinning', ['good', 'servers on CPU 7, load generator on CPU 6']],
    ['smt', ['good', 'CPUs 3, 7 are one core; the load generator has another']],
    ['governor', ['poor', 'powersave', 'echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor']],
    ['turbo', ['poor', 'on', 'echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo']],
    ['stolen-time-accounting', ['good', 'no virtual machine']],
    ['cpu-time-source', ['good', 'schedstat']],
    ['timer-tick', ['good', '1000 a second; user and system time may be exact']],
    ['clock-source', ['good', 'tsc']],
    ['huge-pages', ['poor', 'always', 'echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled']],
    ['local-ports', ['good', '28,232 (32768 to 60999)']],
    ['open-files', ['good', '1,048,576, enough for 174,729 connections per app']],
    ['container-cpu', ['good', 'no limit']],
    ['container-memory', ['good', 'no limit']],
    ['container-cpus', ['good', 'all (0-7)']],
    ['tool-wrk', ['unknown', 'not installed; optional', 'sudo apt-get install wrk']],
    ['tool-chromium', ['good', 'installed']],
  ])('%s', (id, expected) => expect(factOf(id, laptop)).toEqual(expected))

  it('names the kernel parameter that would count interrupts, for the boot loader that is there', () => {
    const [grade, value, change] = factOf('interrupt-time', laptop)
    expect([grade, value]).toEqual(['poor', 'charged to nobody'])
    expect(change).toContain('tsc=noirqtime')
    expect(change).toContain('sudo update-grub')
    expect(factOf('interrupt-time', { ...laptop, programs: ['grubby'] })[2]).toContain('sudo grubby --update-kernel=ALL')
    expect(factOf('interrupt-time', { ...laptop, programs: [] })).toEqual(['poor', 'charged to nobody'])
    const withParameter = withFiles(laptop, { '/proc/cmdline': 'ro quiet tsc=noirqtime\n' })
    expect(factOf('interrupt-time', withParameter)).toEqual(['good', 'charged to the process that sends'])
  })
})

describe('a container with a quota', () => {
  it('has these poor points and no other', () => {
    expect(poorOf(container)).toEqual([
      ...['memory', 'smt', 'numa', 'turbo', 'cpu-time-source', 'clock-source', 'address-layout'],
      ...['accept-queue', 'syn-queue', 'local-ports', 'port-reuse'],
      ...['open-files', 'container-cpu', 'container-memory', 'container-cpus'],
      ...['node', 'packages', 'node-options'],
    ])
  })

  it.each<[string, (string | null)[]]>([
    ['virtualisation', ['unknown', 'virtual machine, in a container; no stolen time seen since it started']],
    ['memory', ['poor', '0.5 GiB of 7.6 GiB available, no swap']],
    ['cpus', ['good', '2 (2, 3)']],
    ['smt', ['poor', 'CPUs 2, 3 are one core, shared by servers and load generator']],
    ['numa', ['poor', '2 nodes; servers and load generator are on different ones']],
    ['governor', ['unknown', 'not visible, as in most virtual machines']],
    ['turbo', ['poor', 'on', 'echo 0 | tee /sys/devices/system/cpu/cpufreq/boost']],
    ['stolen-time-accounting', ['unknown', 'the configuration of this kernel cannot be read']],
    ['cpu-time-source', ['poor', 'ticks of 10 ms: no schedstat']],
    ['interrupt-time', ['unknown', 'the configuration of this kernel cannot be read; npm run doctor measures it']],
    ['clock-source', ['poor', 'xen', 'echo tsc | tee /sys/devices/system/clocksource/clocksource0/current_clocksource']],
    ['huge-pages', ['unknown', 'not known here']],
    ['address-layout', ['poor', 'fixed (0)', 'sysctl -w kernel.randomize_va_space=2']],
    ['accept-queue', ['poor', '128', 'sysctl -w net.core.somaxconn=4096']],
    ['syn-queue', ['poor', '256', 'sysctl -w net.ipv4.tcp_max_syn_backlog=2048']],
    ['local-ports', ['poor', '1,001 (50000 to 51000)', 'sysctl -w net.ipv4.ip_local_port_range="32768 60999"']],
    ['port-reuse', ['poor', 'off', 'sysctl -w net.ipv4.tcp_tw_reuse=2']],
    ['open-files', ['poor', '256, enough for 9 connections per app', 'prlimit --pid $$ --nofile=296:296']],
    ['container-cpu', ['poor', '1.5 CPUs', 'echo max | tee /sys/fs/cgroup/cpu.max']],
    ['container-memory', ['poor', '0.5 GiB']],
    ['container-cpus', ['poor', '2 of 0-5']],
    ['node', ['poor', '22.12.0, pinned is 24.21.0', 'npm ci']],
    ['packages', ['poor', 'koa 3.2.0 (lockfile: 3.3.0)', 'npm ci']],
    // What the variable holds is kept out of published results.
    ['node-options', ['poor', 'set', 'unset NODE_OPTIONS']],
  ])('%s', (id, expected) => expect(factOf(id, container)).toEqual(expected))
})

describe('the virtual machine that the suite was built on', () => {
  it('has no poor point', () => expect(poorOf(virtualMachine)).toEqual([]))

  it.each<[string, (string | null)[]]>([
    ['virtualisation', ['good', 'virtual machine; it reports stolen time']],
    ['smt', ['good', 'the kernel knows of one thread per core']],
    ['governor', ['unknown', 'not visible, as in most virtual machines']],
    ['stolen-time-accounting', ['good', 'left out of CPU time']],
    ['interrupt-time', ['good', 'charged to the process that sends']],
    ['timer-tick', ['good', '250 a second']],
    ['port-reuse', ['good', 'on for loopback']],
    ['container-cpu', ['good', 'no limit']],
    ['container-memory', ['good', 'no limit']],
    ['container-cpus', ['good', 'all (0-1)']],
    ['tool-nginx', ['unknown', 'not installed; optional', 'apt-get install nginx']],
  ])('%s', (id, expected) => expect(factOf(id, virtualMachine)).toEqual(expected))
})

describe('macOS', () => {
  it('is told that pinning needs Linux; what is Linux only is not known', () => {
    expect(poorOf(mac)).toEqual(['pinning'])
    expect(factOf('pinning', mac)).toEqual(['poor', 'this is darwin, and pinning needs Linux'])
    expect(factOf('governor', mac)).toEqual(['unknown', 'not known on darwin'])
    expect(factOf('steal', mac, calm)).toEqual(['unknown', 'not known on darwin'])
    expect(factOf('cpu-time-source', mac)).toEqual(['unknown', 'ticks of 10 ms'])
    expect(factOf('node', mac)).toEqual(['good', '24.21.0, as pinned'])
    expect(factOf('tool-wrk', mac)).toEqual(['unknown', 'not installed; optional'])
  })
})
