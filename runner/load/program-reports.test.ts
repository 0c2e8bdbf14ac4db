import { describe, expect, it } from 'vitest'
import { parseAutocannonReport } from './load-programs.ts'

/** As autocannon 9.0.0 printed it, without the percentiles. */
const REPORT =
  '{"url":"http://127.0.0.1:41967/","connections":10,"sampleInt":1000,"pipelining":1,"workers":0,"duration":1.03,"samples":1,' +
  '"start":"2026-11-21T11:18:01.392Z","finish":"2026-11-21T11:18:02.420Z","errors":0,"timeouts":0,"mismatches":0,"non2xx":0,"resets":0,' +
  '"1xx":0,"2xx":14261,"3xx":0,"4xx":0,"5xx":0,"statusCodeStats":{"200":{"count":14261}},' +
  '"latency":{"average":0.35,"totalCount":14261},' +
  '"requests":{"average":14260,"mean":14260,"stddev":0,"min":14261,"max":14261,"total":14261,"sent":14271},' +
  '"throughput":{"average":1767936,"total":1768364}}\n'

describe('parseAutocannonReport', () => {
  it('takes the average that autocannon shows, and what was answered', () => {
    expect(parseAutocannonReport(REPORT)).toEqual({ requestsPerSecond: 14260, requests: 14261, errors: 0, badStatuses: 0 })
  })

  it('finds the report after a warning', () => {
    expect(parseAutocannonReport(`careful\n${REPORT}\n`)).toMatchObject({ requests: 14261 })
  })

  it('reads errors and answers that are none', () => {
    const report = REPORT.replace('"errors":0', '"errors":6690').replace('"non2xx":0', '"non2xx":17')
    expect(parseAutocannonReport(report)).toMatchObject({ errors: 6690, badStatuses: 17 })
  })

  it.each(['', '{}', '{"requests":', 'null', REPORT.replace('"total":14261,"sent"', '"total":"many","sent"')])(
    'is null for %j',
    (text) => {
      expect(parseAutocannonReport(text)).toBeNull()
    },
  )
})
