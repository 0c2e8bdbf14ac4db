import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * Version of an installed npm package as the app's own module would resolve it; a stranger's app may bring its own copy.
 *
 * @returns null for no package, or one that is not installed
 */
export function installedVersion(packageName: string | null, modulePath: string): string | null {
  if (packageName === null) return null
  // import() looks from the real place of a linked module, so the version must come from there too.
  const require = createRequire(realpathSync(modulePath))
  try {
    return versionIn(require.resolve(`${packageName}/package.json`))
  } catch {
    // Not installed, or its exports hide package.json: look where Node would have looked.
    for (const folder of require.resolve.paths(packageName) ?? []) {
      const version = versionIn(join(folder, packageName, 'package.json'))
      if (version !== null) return version
    }
    return null
  }
}

function versionIn(file: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const version = (manifest as { version?: unknown } | null)?.version
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}
