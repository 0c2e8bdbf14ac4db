import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keptIn, packageCacheFolder, shortHash } from '../../servers/package-cache.ts'
import type { Protocol } from '../../servers/server-manifest.ts'
import { onApache } from './apache.ts'
import { type OriginServer, PLAIN } from './origin-server.ts'
import { pythonServers } from './python-servers.ts'

const run = promisify(execFile)
const GO = join(import.meta.dirname, '..', '..', '..', 'examples', 'go')
const GO_SOURCES = ['main.go', 'burn.go']

/** Go's server of the examples, also for FastCGI. */
function go(id: string, title: string, speaks: Protocol): OriginServer {
  return {
    ...{ id, title, needs: ['golang-go'], built: { by: 'go', folder: builtGo } },
    program: () => ({
      ...PLAIN,
      folder: GO,
      title,
      command: ['./server', ...(speaks === 'http' ? [] : [speaks])],
      describe: ['./server', '--describe'],
      env: {},
      answering: 'any-thread',
      speaks,
    }),
  }
}

const all = [
  ...pythonServers,
  onApache('embedded'),
  onApache('daemon'),
  go('go', 'Go net/http', 'http'),
  go('go-fastcgi', 'Go net/http/fcgi', 'fastcgi'),
]

/** Every server of the texts that can be had, by its id. */
export const originServers: ReadonlyMap<string, OriginServer> = new Map(all.map((server) => [server.id, server]))

/** Builds Go's server, once for every state of its source. @returns the folder that it is in */
async function builtGo(): Promise<string> {
  return keptIn(
    packageCacheFolder(),
    async () => `go-${shortHash(...GO_SOURCES.map((name) => readFileSync(join(GO, name))))}`,
    async (folder) => void (await run('go', ['build', '-o', join(folder, 'server'), '.'], { cwd: GO })),
  )
}
