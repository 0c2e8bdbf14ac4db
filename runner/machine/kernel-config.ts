import { readOnce } from './machine-reader.ts'

/** The options a kernel was built with: `y`, `m`, a number, or `n` for an option that is not set. */
export type KernelConfig = ReadonlyMap<string, string>

/** Reads /proc/config.gz, or the file a distribution keeps in /boot; null where there is neither. */
export const readKernelConfig = readOnce(({ readFile, kernelRelease }): KernelConfig | null => {
  for (const path of ['/proc/config.gz', `/boot/config-${kernelRelease}`, `/lib/modules/${kernelRelease}/config`]) {
    const text = readFile(path)
    if (text?.includes('CONFIG_')) return parseKernelConfig(text)
  }
  return null
})

/** `CONFIG_HZ=250` and `# CONFIG_HZ_1000 is not set`; names without `CONFIG_`. */
export function parseKernelConfig(text: string): KernelConfig {
  const options = new Map<string, string>()
  for (const [, unset, name, value] of text.matchAll(/^(?:# CONFIG_(\w+) is not set|CONFIG_(\w+)=(.*))$/gm)) {
    options.set(unset ?? name!, unset === undefined ? value! : 'n')
  }
  return options
}

/** An option that a kernel's configuration does not mention does not exist in that kernel. */
export function isSet(config: KernelConfig, name: string): boolean {
  return config.get(name) === 'y'
}
