import { expect, it } from 'vitest'
import { machineOf } from '../../fixtures/machines.ts'
import { isSet, parseKernelConfig, readKernelConfig } from './kernel.ts'

it('parseKernelConfig', () => {
  const text =
    '#\n# Timers subsystem\n#\nCONFIG_HZ=250\n# CONFIG_HZ_1000 is not set\nCONFIG_TUN=m\nCONFIG_LOCALVERSION="-x=y"\nCONFIG_IRQ=y\n'
  const config = parseKernelConfig(text)
  expect(Object.fromEntries(config)).toEqual({ HZ: '250', HZ_1000: 'n', TUN: 'm', LOCALVERSION: '"-x=y"', IRQ: 'y' })
  expect(['IRQ', 'TUN', 'HZ_1000', 'NEVER_HEARD_OF'].map((name) => isSet(config, name))).toEqual([true, false, false, false])
})

it.each(['/proc/config.gz', '/boot/config-6.1.0', '/lib/modules/6.1.0/config'])('is read from %s', (path) => {
  const machine = machineOf({
    kernelRelease: '6.1.0',
    files: { '/boot/config-5.0.0': 'CONFIG_HZ=1\n', [path]: 'CONFIG_HZ=300\n' },
  })
  expect(readKernelConfig(machine)?.get('HZ')).toBe('300')
})

it('is null where there is none, or a file that is no configuration', () => {
  expect(readKernelConfig(machineOf({ files: {} }))).toBeNull()
  expect(readKernelConfig(machineOf({ files: { '/proc/config.gz': '' } }))).toBeNull()
})
