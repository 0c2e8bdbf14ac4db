import { expect, it } from 'vitest'
import { container, laptop, type MachineTexts, mac, machineOf, virtualMachine, withFiles } from '../fixtures/machines.ts'
import { hypervisorOf } from './hypervisor.ts'

const armFlags = { '/proc/cpuinfo': 'processor\t: 0\nCPU implementer\t: 0x41\n' }

it.each<[string, MachineTexts, string | null]>([
  ['bare metal, whatever its maker', laptop, 'none'],
  ['a virtual machine without a name', virtualMachine, 'unnamed'],
  ['one by its flag, named by the type', withFiles(container, { '/sys/hypervisor/type': 'xen\n' }), 'xen'],
  [
    'one by its maker: ARM has no flag',
    { files: { ...armFlags, '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n', '/sys/class/dmi/id/product_name': 'c7g.large\n' } },
    'Amazon EC2 c7g.large',
  ],
  ['ARM without BIOS tables', { files: armFlags }, null],
  ['macOS', mac, null],
])('%s', (_name, texts, name) => expect(hypervisorOf(machineOf(texts))).toBe(name))
