import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kernelCounters, parseProtocol, parseThrottledPeriods, stolenTicks } from './kernel-counters.ts'
import { parseCpuTicks } from './procfs.ts'

/** /proc/net/snmp of Linux 6.18, shortened. */
const SNMP = `Ip: Forwarding DefaultTTL InReceives
Ip: 1 64 278472363
Icmp: InMsgs InErrors
Icmp: 12 0
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 40702 38709 1757 13935 0 278472363 278461079 767 0 11509 0
Udp: InDatagrams NoPorts InErrors
Udp: 5 1 0
`

/** /proc/net/netstat of Linux 6.18, shortened. */
const NETSTAT = `TcpExt: SyncookiesSent SyncookiesRecv ListenOverflows ListenDrops TCPTimeouts TCPLossProbes
TcpExt: 0 1 17 19 3 777
IpExt: InNoRoutes InOctets
IpExt: 0 74289469335
`

describe('parseProtocol', () => {
  it('finds numbers by name', () => {
    const tcp = parseProtocol(SNMP, 'Tcp')
    expect(tcp.get('RetransSegs')).toBe(767)
    expect(tcp.get('MaxConn')).toBe(-1)
    expect(tcp.size).toBe(15)
    expect(Object.fromEntries(parseProtocol(NETSTAT, 'TcpExt'))).toEqual({
      SyncookiesSent: 0,
      SyncookiesRecv: 1,
      ListenOverflows: 17,
      ListenDrops: 19,
      TCPTimeouts: 3,
      TCPLossProbes: 777,
    })
  })

  it.each([
    ['a protocol that is not there', SNMP, 'Tcp6'],
    ['the start of another name', NETSTAT, 'Tcp'],
    ['no text', '', 'Tcp'],
    ['names without numbers', 'Tcp: RetransSegs\n', 'Tcp'],
  ])('is empty for %s', (_what, text, protocol) => {
    expect(parseProtocol(text, protocol).size).toBe(0)
  })
})

describe('parseThrottledPeriods', () => {
  it.each([
    ['version 1', 'nr_periods 120\nnr_throttled 7\nthrottled_time 88112233\nnr_bursts 0\nburst_time 0\n', 7],
    ['version 2', 'usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n', 0],
    ['version 2 without the controller', 'usage_usec 5\nuser_usec 3\nsystem_usec 2\n', null],
    ['no file', '', null],
  ])('of %s', (_what, text, periods) => expect(parseThrottledPeriods(text)).toBe(periods))
})

describe('stolenTicks', () => {
  const ticks = parseCpuTicks(`cpu  300 0 0 0 0 0 0 60 0 0
cpu0 100 0 0 0 0 0 0 10 0 0
cpu1 100 0 0 0 0 0 0 20 0 0
cpu2 100 0 0 0 0 0 0 30 0 0
intr 1
`)
  it('are those of the CPUs in use', () => {
    expect(stolenTicks(ticks, [2, 0])).toBe(40)
    expect(stolenTicks(ticks, [1, null])).toBe(20)
  })

  it('are unknown where nothing is pinned or nobody tells', () => {
    expect(stolenTicks(ticks, [null, null])).toBeNull()
    expect(stolenTicks(new Map(), [0, 1])).toBeNull()
  })
})

describe.runIf(process.platform === 'linux')('kernelCounters', () => {
  it('tells what the kernel tells, again with every reading', () => {
    const read = kernelCounters([0])
    const before = read()
    const text = readFileSync('/proc/net/snmp', 'latin1')
    const after = read()
    const retransmits = Number(/^Tcp: (?:-?\d+ ){11}(\d+)/m.exec(text)![1])
    expect(before.retransmits).toBeLessThanOrEqual(retransmits)
    expect(after.retransmits).toBeGreaterThanOrEqual(retransmits)
    for (const name of ['timeouts', 'listenOverflows', 'listenDrops', 'stealTicks'] as const)
      expect(after[name]).toBeGreaterThanOrEqual(before[name]!)
  })

  it('says null of CPUs that are not there', () => {
    expect(kernelCounters([100_000])().stealTicks).toBeNull()
  })
})
