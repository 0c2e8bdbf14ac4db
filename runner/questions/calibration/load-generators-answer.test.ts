import { describe, expect, it } from 'vitest'
import { loadGeneratorsPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { loadGenerators } from './load-generators.ts'

const said = (part = loadGeneratorsPart()) => saidBy(loadGenerators, part)

describe('what is said of load generators', () => {
  it('is what each says of a server, over what autocannon says', () => {
    const { answer, judged } = said()
    const rows = answer!.tables[0]!.rows
    expect(rows.map(([server, program]) => `${server} ${program}`)).toEqual([
      'nginx autocannon',
      'nginx wrk',
      'node-http autocannon',
      'node-http wrk',
    ])
    expect(rows[3]![3]).toMatchObject({ value: expect.closeTo(0.9, 6) })
    expect(rows[2]![3]).toBeNull()
    expect(judged[0]).toEqual({ measured: '2 of 2 programs: nginx, node-http', outcome: 'met' })
  })

  it('misses its goal where one puts the servers in another order', () => {
    const part = loadGeneratorsPart()
    for (const set of part.sets) set.nginx!.wrk = 40_000
    expect(said(part).judged[0]).toEqual({ measured: '1 of 2 programs: nginx, node-http', outcome: 'not met' })
  })

  it('says nothing of one program alone', () => {
    const part = loadGeneratorsPart()
    for (const set of part.sets) for (const rates of Object.values(set)) delete rates.wrk
    expect(said(part).answer).toBeNull()
  })
})
