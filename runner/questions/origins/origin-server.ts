import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ManifestInFolder } from '../../servers/server-manifest.ts'

/** Modules of the Python servers. */
export const FOLDER = join(import.meta.dirname, '..', '..', '..', 'apps', 'origins')
/** Debian's, whose modules the packages bring; another python3 in PATH knows none of them. */
export const PYTHON = '/usr/bin/python3'
/** uWSGI does not start with more than the kernel allows. */
export const backlog = () => String(Math.min(4096, Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'))))
/** Threads beyond one per connection, for one that is just being closed. */
export const SPARE_THREADS = 2

export type Transport = 'tcp' | 'unix'

/** A server of the five texts, or one that stands in for it. */
export interface OriginServer {
  readonly id: string
  readonly title: string
  /** Debian packages that bring it. */
  readonly needs: readonly string[]
  /** How it is started where it listens on this transport. */
  program(transport: Transport, connections: number): ManifestInFolder
  /** What has to be built first: by which program, and into which folder. Absent: nothing. */
  readonly built?: { readonly by: string; folder(): Promise<string> }
  /** An interpreter that compiles nothing is warm at once; milliseconds of CPU time. Absent: as every app. */
  readonly warmUpMilliseconds?: number
}

/** CPython specialises its bytecode after a few calls, and compiles nothing later; `costs-in-bursts` says if it was not enough. */
export const INTERPRETED = { warmUpMilliseconds: 1_000 }

export const PLAIN: Omit<ManifestInFolder, 'title' | 'command'> = {
  folder: FOLDER,
  env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: FOLDER },
  transports: ['tcp', 'unix'],
  connections: 'kept',
  answering: 'main-thread',
  // Some take a second and more to end, and nothing is learned from it.
  stop: { signal: 'SIGTERM', graceMilliseconds: 0 },
}

export const describedBy = (...distributions: string[]) => [PYTHON, 'describe.py', ...distributions]

/** A program in Python that listens by itself. */
export function alone(
  id: string,
  title: string,
  needs: string,
  distribution: readonly string[],
  command: (transport: Transport, connections: number) => readonly string[],
  more: (connections: number) => Partial<ManifestInFolder> = () => ({}),
): OriginServer {
  return {
    ...{ id, title, needs: [...needs.split(' '), 'python3-jinja2'], ...INTERPRETED },
    program: (transport, connections) => {
      const { env, ...others } = more(connections)
      const words = [...command(transport, connections)]
      return { ...PLAIN, title, describe: describedBy(...distribution), command: words, ...others, env: { ...PLAIN.env, ...env } }
    },
  }
}
