import { expect, it } from 'vitest'
import { familyOf } from '../../fixtures/processes.ts'
import { realPart } from '../../fixtures/simulated-part.ts'
import { LoadGeneratorsPart } from './data.ts'
import { loadGenerators } from './load-generators.ts'

it('asks every server with every program that is there, and leaves nothing running', async () => {
  const { context, remarks } = realPart(1_000)
  const { body, problem, cutShort } = await loadGenerators.measure(context)
  expect({ problem, cutShort }).toEqual({ problem: null, cutShort: false })
  const [set] = LoadGeneratorsPart.omit({ head: true }).parse(body).sets
  expect(set!['node-http']!.autocannon).toBeGreaterThan(0)
  for (const rates of Object.values(set!)) expect(Object.keys(rates).sort()).toEqual(Object.keys(set!['node-http']!).sort())
  // What is not installed is named.
  if (process.env.CI === 'true') expect(Object.keys(set!['node-http']!)).toHaveLength(5)
  else expect(Object.keys(set!['node-http']!).length + remarks.filter((one) => one.includes('apt-get')).length).toBeGreaterThan(4)
  expect(familyOf(process.pid).filter(({ command }) => /serve\.ts|nginx|uwsgi|autocannon/.test(command))).toEqual([])
})
