import { expect, it } from 'vitest'
import { container, laptop, mac, machineOf, virtualMachine } from '../fixtures/machines.ts'
import { Environment } from '../result/model.ts'
import { describeMachine } from './machine.ts'
import { thisMachine } from './machine-reader.ts'
import { notPinned, placeOnCpus } from './placement.ts'

const { facts: Facts, poor: Poor, speedScore: Score, cpu: Cpu, hypervisor: Hypervisor, clockSource: Clock } = Environment.shape

const described = (texts: Parameters<typeof machineOf>[0]) => {
  const machine = machineOf(texts)
  return describeMachine(placeOnCpus(machine), 16, machine)
}

it.each(Object.entries({ laptop, container, virtualMachine, mac }))('%s: facts without their explanations', (_name, texts) => {
  const { facts, poor } = described(texts)
  expect(Facts.parse(facts)).toEqual(facts)
  expect(Poor.parse(poor)).toEqual(poor)
  expect(poor).toHaveLength(facts.filter(({ grade }) => grade === 'poor').length)
})

it('poor facts are remembered in words that make sense on their own', () => {
  expect(described(laptop).poor).toContain(
    'turbo: on. Turbo raises the clock rate while the machine is cool: the first rounds would be faster than the later ones.',
  )
  expect(described(virtualMachine).poor).toEqual([])
})

it('processor, hypervisor and clock source come from the machine, and none is known of one that does not say', () => {
  expect(described(virtualMachine)).toMatchObject({
    cpu: { vendor: 'AuthenticAMD', family: null, microcode: null, mitigations: null },
    ...{ hypervisor: 'unnamed', clockSource: 'tsc' },
  })
  expect(described(mac)).toMatchObject({ cpu: null, hypervisor: null, clockSource: null })
})

it('nothing is measured here', () => {
  expect(described(virtualMachine).speedScore).toBeNull()
  expect(described(virtualMachine).facts.map(({ id }) => id)).not.toContain('steal')
})

it('commit and version come from the machine', () => {
  expect(described(laptop)).toMatchObject({ suiteVersion: '0.1.0', commit: null, kernel: '6.8.0-49-generic', node: '24.21.0' })
  const git = {
    ...machineOf(laptop),
    run: (_: string, [what]: readonly string[]) => ({ status: 0, stdout: what === 'status' ? ' M a\n' : 'abc123\n' }),
  }
  expect(describeMachine(notPinned('a test'), 16, git).commit).toBe('abc123+')
})

it('the machine these tests run on can be described', () => {
  const { facts, node, cpus } = describeMachine(placeOnCpus(), 16, thisMachine)
  expect(facts.find(({ id }) => id === 'node')?.value).toContain(node)
  expect(cpus).toBeGreaterThan(0)
})

it('results that are older than these facts still fit', () => {
  expect([Facts.parse(undefined), Poor.parse(undefined), Score.parse(undefined)]).toEqual([[], [], null])
  expect([Cpu, Hypervisor, Clock].map((field) => field.parse(undefined))).toEqual([null, null, null])
})
