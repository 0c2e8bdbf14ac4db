import { describe, expect, it } from 'vitest'
import {
  rateOf,
  readAbReport,
  readAutocannonReport,
  readH2loadReport,
  readHttperfReport,
  readWrkReport,
} from './program-reports.ts'

/** As autocannon 9.0.0 printed it, without the percentiles. */
const AUTOCANNON =
  '{"url":"http://127.0.0.1:41967/","connections":10,"sampleInt":1000,"pipelining":1,"workers":0,"duration":1.03,"samples":1,' +
  '"start":"2026-11-21T11:18:01.392Z","finish":"2026-11-21T11:18:02.420Z","errors":0,"timeouts":0,"mismatches":0,"non2xx":0,"resets":0,' +
  '"1xx":0,"2xx":14261,"3xx":0,"4xx":0,"5xx":0,"statusCodeStats":{"200":{"count":14261}},' +
  '"latency":{"average":0.35,"totalCount":14261},' +
  '"requests":{"average":14260,"mean":14260,"stddev":0,"min":14261,"max":14261,"total":14261,"sent":14271},' +
  '"throughput":{"average":1767936,"total":1768364}}\n'

describe('readAutocannonReport', () => {
  it('takes the average that autocannon shows, and what was answered', () => {
    const report = readAutocannonReport(AUTOCANNON)!
    expect(report).toMatchObject({ requests: 14261, errors: 0, wrongAnswers: 0 })
    expect(rateOf(report)).toBeCloseTo(14260, 9)
  })

  it('finds the report after a warning', () => {
    expect(readAutocannonReport(`careful\n${AUTOCANNON}\n`)).toMatchObject({ requests: 14261 })
  })

  it('reads errors and answers that are none', () => {
    const report = AUTOCANNON.replace('"errors":0', '"errors":6690').replace('"non2xx":0', '"non2xx":17')
    expect(readAutocannonReport(report)).toMatchObject({ errors: 6690, wrongAnswers: 17 })
  })

  it.each(['', '{}', '{"requests":', 'null', AUTOCANNON.replace('"total":14261,"sent"', '"total":"many","sent"')])(
    'is null for %j',
    (text) => {
      expect(readAutocannonReport(text)).toBeNull()
    },
  )
})

const WRK = `Running 1s test @ http://127.0.0.1:4711/hello
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   154.20us   60.11us   2.28ms   95.43%
    Req/Sec    51.48k     2.11k   53.27k    90.91%
  56305 requests in 1.10s, 9.45MB read
Requests/sec:  51190.11
Transfer/sec:      8.59MB
`

describe('readWrkReport', () => {
  it('reads a clean report', () => {
    expect(readWrkReport(WRK)).toEqual({
      requests: 56305,
      durationSeconds: 1.1,
      errors: 0,
      timeouts: 0,
      wrongAnswers: 0,
    })
  })

  it('reads errors', () => {
    const report = WRK.replace(
      'Requests/sec',
      '  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 17\nRequests/sec',
    )
    expect(readWrkReport(report)).toMatchObject({ requests: 56305, errors: 4321, timeouts: 4000, wrongAnswers: 17 })
  })

  it.each([
    ['500.00ms', 0.5],
    ['20.00us', 2e-5],
    ['1.50m', 90],
    ['2.00h', 7200],
  ])('reads %s', (text, seconds) => {
    expect(readWrkReport(WRK.replace('1.10s', text))!.durationSeconds).toBeCloseTo(seconds, 12)
  })

  it.each(['', 'unable to connect to 127.0.0.1:1 Connection refused\n', 'Usage: wrk <options> <url>'])(
    'is null for %j',
    (text) => {
      expect(readWrkReport(text)).toBeNull()
    },
  )
})

/** As the programs printed it, without what is not read. */
const AB = `Concurrency Level:      16
Time taken for tests:   1.250 seconds
Complete requests:      26148
Failed requests:        7
   (Connect: 1, Receive: 2, Length: 3, Exceptions: 1)
Non-2xx responses:      40
Keep-Alive requests:    26148
`
const HTTPERF = `Total: connections 16 requests 16010 replies 16000 test-duration 0.435 s

Reply status: 1xx=0 2xx=15900 3xx=0 4xx=60 5xx=40

Errors: total 10 client-timo 4 socket-timo 0 connrefused 0 connreset 6
`
const H2LOAD = `progress: 100% of clients started
finished in 501.32ms, 43756.00 req/s, 7.39MB/s
requests: 43756 total, 43772 started, 43756 done, 43700 succeeded, 56 failed, 6 errored, 4 timeout
status codes: 43700 2xx, 0 3xx, 46 4xx, 0 5xx
`

describe('reports of the other programs', () => {
  it.each([
    ['ab', readAbReport, AB, { requests: 26148, durationSeconds: 1.25, errors: 4, timeouts: 0, wrongAnswers: 43 }],
    [
      'httperf',
      readHttperfReport,
      HTTPERF,
      { requests: 16000, durationSeconds: 0.435, errors: 10, timeouts: 4, wrongAnswers: 100 },
    ],
    [
      'h2load',
      readH2loadReport,
      H2LOAD,
      { requests: 43746, durationSeconds: 0.50132, errors: 10, timeouts: 4, wrongAnswers: 46 },
    ],
  ])('%s', (_name, read, text, report) => {
    expect(read(text)).toEqual(report)
    expect(read('nonsense')).toBeNull()
  })
})
