import type { Address } from '../../apps/address.ts'
import { type NginxSite, nginxConfiguration } from './nginx-configuration.ts'
import type { Files } from './private-folder.ts'
import type { Program } from './program.ts'

export interface NginxOptions {
  /** Program, as `findNginx` has found it. */
  readonly path: string
  readonly transport?: Address['transport']
  /** Files in its private folder, by relative path. */
  readonly files?: Files
}

/** An nginx of our own: in front of an app, or in its place. */
export function nginxProgram(site: NginxSite, { path, transport = 'tcp', files }: NginxOptions): Program {
  return {
    ...{ name: 'nginx', transport, workers: 0 },
    hint: 'the last lines are what nginx says of it',
    command: ({ listen, folder }) => ({
      argv: [path, '-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`],
      // nginx makes its own folders in `temporary`.
      files: new Map([...(files ?? []), ['temporary/.keep', ''], ['nginx.conf', nginxConfiguration(site, listen)]]),
    }),
  }
}
