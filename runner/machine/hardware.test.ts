import { describe, expect, it } from 'vitest'
import { container, laptop, type MachineTexts, mac, machineOf, virtualMachine, withFiles } from '../fixtures/machines.ts'
import { mitigationOf, processorType } from '../result/fact.ts'
import { hypervisorOf, readProcessor } from './machine-reader.ts'

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities'

const xeon = (cpu: number) =>
  `processor\t: ${cpu}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\nmodel name\t: Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz\nstepping\t: 6\nmicrocode\t: 0xd0003a5\ncpu MHz\t\t: 2899.998\nflags\t\t: fpu vme hypervisor\nbugs\t\t: spectre_v1\npower management:\n\n`
const x86 = machineOf({
  files: {
    '/proc/cpuinfo': xeon(0) + xeon(1),
    [`${VULNERABILITIES}/itlb_multihit`]: 'Not affected\n',
    [`${VULNERABILITIES}/mmio_stale_data`]: 'Mitigation: Clear CPU buffers; SMT Host state unknown\n',
    [`${VULNERABILITIES}/spec_store_bypass`]: 'Vulnerable\n',
  },
})

const armCore = (cpu: number, part: string, variant: string, revision: number) =>
  `processor\t: ${cpu}\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm aes pmull\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: ${variant}\nCPU part\t: ${part}\nCPU revision\t: ${revision}\n\n`
/** A small core and a large one. */
const arm = machineOf({ files: { '/proc/cpuinfo': armCore(0, '0xd05', '0x2', 0) + armCore(1, '0xd0b', '0x4', 1) } })

describe('the processor', () => {
  it('on x86: family, model, stepping, microcode and what is done about what affects it', () => {
    expect(readProcessor(x86, 1)).toEqual({
      ...{ vendor: 'GenuineIntel', family: '6', model: '106', stepping: '6', microcode: '0xd0003a5' },
      mitigations: {
        mmio_stale_data: 'Mitigation: Clear CPU buffers; SMT Host state unknown',
        spec_store_bypass: 'Vulnerable',
      },
    })
    expect(processorType(readProcessor(x86, 1))).toBe('GenuineIntel family 6 model 106 stepping 6')
  })

  it('on ARM: the codes of the core that the server has', () => {
    expect(readProcessor(arm, 1)).toEqual({
      ...{ vendor: '0x41', family: '8', model: '0xd0b', stepping: 'r4p1', microcode: null },
      mitigations: null,
    })
    expect(readProcessor(arm, 0)).toMatchObject({ model: '0xd05', stepping: 'r2p0' })
  })

  it('is that of the first CPU where nothing is pinned', () => {
    expect(readProcessor(arm, null)).toEqual(readProcessor(arm, 0))
  })

  it('is not known where the kernel does not say', () => {
    expect(readProcessor(machineOf(mac), null)).toBeNull()
    const other = readProcessor(machineOf({ files: { '/proc/cpuinfo': 'processor\t: 0\ncpu\t\t: POWER9\n' } }), 0)
    expect(Object.values(other!)).toEqual(Array(6).fill(null))
    expect([processorType(other), processorType(null)]).toEqual([null, null])
  })

  it('a vulnerability that is left out does not affect it', () => {
    const known = readProcessor(x86, 0)!
    expect([mitigationOf(known, 'spec_store_bypass'), mitigationOf(known, 'itlb_multihit')]).toEqual([
      'Vulnerable',
      'Not affected',
    ])
  })
})

const armFlags = { '/proc/cpuinfo': 'processor\t: 0\nCPU implementer\t: 0x41\n' }

describe('the hypervisor', () => {
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
})
