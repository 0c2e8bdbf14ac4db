import { describe, expect, it } from 'vitest'
import { parseWrkReport } from './wrk-output.ts'

const REPORT = `Running 1s test @ http://127.0.0.1:4711/hello
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   154.20us   60.11us   2.28ms   95.43%
    Req/Sec    51.48k     2.11k   53.27k    90.91%
  56305 requests in 1.10s, 9.45MB read
Requests/sec:  51190.11
Transfer/sec:      8.59MB
`

describe('parseWrkReport', () => {
  it('reads a clean report', () => {
    expect(parseWrkReport(REPORT)).toEqual({
      requests: 56305,
      durationSeconds: 1.1,
      socketErrors: 0,
      timeouts: 0,
      badStatuses: 0,
    })
  })

  it('reads errors', () => {
    const report = REPORT.replace(
      'Requests/sec',
      '  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 17\nRequests/sec',
    )
    expect(parseWrkReport(report)).toMatchObject({ requests: 56305, socketErrors: 4321, timeouts: 4000, badStatuses: 17 })
  })

  it.each([
    ['500.00ms', 0.5],
    ['20.00us', 2e-5],
    ['1.50m', 90],
    ['2.00h', 7200],
  ])('reads %s', (text, seconds) => {
    expect(parseWrkReport(REPORT.replace('1.10s', text))!.durationSeconds).toBeCloseTo(seconds, 12)
  })

  it.each(['', 'unable to connect to 127.0.0.1:1 Connection refused\n', 'Usage: wrk <options> <url>'])(
    'is null for %j',
    (text) => {
      expect(parseWrkReport(text)).toBeNull()
    },
  )
})
