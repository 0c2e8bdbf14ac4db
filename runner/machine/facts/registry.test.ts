import { describe, expect, it } from 'vitest'
import { calm, factsOf } from '../../fixtures/facts-of.ts'
import { container, laptop, mac, virtualMachine } from '../../fixtures/machines.ts'
import { Fact } from '../../result/fact.ts'
import { probes } from '../machine.ts'

describe('the registry', () => {
  it('has every id once, in the words of a file name', () => {
    const ids = probes.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)*$/)
  })

  it.each(probes.map((probe) => [probe.id, probe] as const))(
    '%s says in a sentence why it matters, what is good and where from',
    (_, probe) => {
      expect(probe.why).toMatch(/^\S.{20,}\.$/)
      expect(probe.title).not.toBe('')
      expect(probe.good).not.toMatch(/^$|\.$/)
      expect(probe.source).not.toMatch(/^$|\.$/)
    },
  )

  it('keeps groups together', () => {
    const groups = probes.map(({ group }) => group)
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([...new Set(groups)])
  })
})

describe.each(Object.entries({ laptop, container, virtualMachine, mac, nothing: { files: {} } }))(
  'the facts of %s',
  (_name, texts) => {
    it('fit their type, with and without measuring', () => {
      const cheap = factsOf(texts)
      const all = factsOf(texts, calm)
      for (const fact of all) expect(Fact.parse(fact)).toEqual(fact)
      expect(all.map(({ id }) => id)).toEqual(probes.map(({ id }) => id))
      expect(cheap.map(({ id }) => id)).toEqual(probes.filter(({ measured }) => !measured).map(({ id }) => id))
    })

    it('tell of something to change only where it is not good', () => {
      for (const { id, grade, change } of factsOf(texts, calm)) if (grade === 'good') expect([id, change]).toEqual([id, null])
    })
  },
)
