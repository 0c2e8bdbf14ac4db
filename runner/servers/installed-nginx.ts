import { spawnSync } from 'node:child_process'
import { canReadProcessTree } from '../deployment/process-tree.ts'

/** An nginx that can be started. */
export interface InstalledNginx {
  /** Program, found in PATH or absolute. */
  readonly path: string
  /** As it says itself: `1.22.1`. */
  readonly version: string
}

/** Programs for the administrator are in no usual user's PATH on Debian. */
const PLACES = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx']

/** Looks for nginx; null: there is none. */
export function findNginx(places: readonly string[] = PLACES): InstalledNginx | null {
  for (const place of places) {
    const { stderr, status } = spawnSync(place, ['-v'], { encoding: 'utf8' })
    const version = status === 0 ? /nginx version: \S+?\/(\S+)/.exec(stderr)?.[1] : undefined
    if (version !== undefined) return { path: place, version }
  }
  return null
}

/** What has to be done before a study with nginx can be run, as a sentence; null: nothing. */
export function missingNginx(nginx: InstalledNginx | null = findNginx()): string | null {
  if (nginx === null) return 'nginx is not installed; on Debian: apt-get install nginx'
  return canReadProcessTree() ? null : 'the CPU time of nginx can only be read on Linux'
}
