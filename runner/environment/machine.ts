import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import type { Environment } from '../result.ts'

const PROJECT = new URL('../../', import.meta.url)

/** What can be said of the machine and the suite before a run. */
export function describeMachine(): Pick<
  Environment,
  'suiteVersion' | 'commit' | 'node' | 'v8' | 'platform' | 'arch' | 'kernel' | 'cpuModel' | 'cpus' | 'memoryBytes'
> {
  const { version } = JSON.parse(readFileSync(new URL('package.json', PROJECT), 'utf8')) as { version: string }
  return {
    suiteVersion: version,
    commit: currentCommit(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: platform(),
    arch: arch(),
    kernel: release(),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
  }
}

/** Commit of the suite, with a plus sign when files were changed since; null outside a git checkout. */
function currentCommit(): string | null {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: PROJECT, encoding: 'utf8' })
  const head = git('rev-parse', '--short=12', 'HEAD')
  if (head.status !== 0) return null
  const changed = git('status', '--porcelain', '--untracked-files=no').stdout.trim() !== ''
  return `${head.stdout.trim()}${changed ? '+' : ''}`
}
