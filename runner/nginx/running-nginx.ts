import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Address } from '../../apps/address.ts'
import { Child, describeExit } from '../deployment/child.ts'
import type { CpuReading } from '../deployment/cpu-reading.ts'
import { type CpuPin, type CpuShares, DeploymentError } from '../deployment/deployment.ts'
import { firstMessage } from '../deployment/first-message.ts'
import { ProcessTree } from '../deployment/process-tree.ts'
import { readCpuShares, readResidentBytes } from '../deployment/procfs.ts'
import { type NginxSite, nginxConfiguration } from './configuration.ts'
import type { InstalledNginx } from './installed-nginx.ts'
import type { CloseNginx, NginxReady } from './messages.ts'

const KEEPER = fileURLToPath(new URL('./keeper.ts', import.meta.url))
const READY_LIMIT_MILLISECONDS = 10_000
const STOP_GRACE_MILLISECONDS = 700
/** nginx cannot choose a port by itself, and between our choice and its start somebody else may take it. */
const TRIES_FOR_A_PORT = 5

/** One nginx that listens. */
export interface RunningNginx {
  readonly address: Address
  cpu(): CpuReading
  cpuShares(): CpuShares | null
  residentBytes(): number | null
  /** Why it is gone, as the end of a sentence; null while it runs. */
  ended(): string | null
  readonly lastLines: readonly string[]
  stop(): Promise<void>
}

export interface NginxOptions {
  /** CPU to pin to; null: not pinned. */
  readonly cpu: CpuPin
  readonly transport?: Address['transport']
  /** Files in its private folder, by relative path. */
  readonly files?: ReadonlyMap<string, string>
}

/** Starts an nginx of our own in a private folder that goes with it. @throws DeploymentError when it does not come up */
export async function startNginx(nginx: InstalledNginx, site: NginxSite, options: NginxOptions): Promise<RunningNginx> {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), 'framework-cost-'))
    const remove = () => rm(folder, { recursive: true, force: true })
    let child: Child | null = null
    try {
      const address: Address =
        options.transport === 'unix' ? { transport: 'unix', path: join(folder, 'nginx.sock') } : await freePort()
      await fill(folder, new Map([...(options.files ?? []), ['nginx.conf', nginxConfiguration(site, address)]]))
      const start = [...nginx.command, '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')]
      child = new Child({ script: KEEPER, args: [folder, JSON.stringify(address), ...start], cpu: options.cpu })
      const { pid } = await ready(child)
      return running(child, pid, address, remove)
    } catch (error) {
      await child?.stop(null, 0)
      await remove()
      const taken = child?.lastLines.some((line) => line.includes('Address already in use')) ?? false
      if (!taken || attempt === TRIES_FOR_A_PORT) throw error
    }
  }
}

function running(child: Child, pid: number, address: Address, remove: () => Promise<void>): RunningNginx {
  const tree = new ProcessTree(pid)
  return {
    address,
    cpu: () => tree.read(),
    cpuShares: () => readCpuShares(pid),
    residentBytes: () => readResidentBytes(pid),
    ended: () => (child.exit === null ? null : describeExit(child.exit)),
    get lastLines() {
      return child.lastLines
    },
    async stop() {
      tree.close()
      await child.stop({ type: 'close' } satisfies CloseNginx, STOP_GRACE_MILLISECONDS)
      await remove()
    },
  }
}

function ready(child: Child): Promise<NginxReady> {
  return firstMessage<NginxReady>(
    child,
    READY_LIMIT_MILLISECONDS,
    (how) =>
      new DeploymentError('nginx-failed', `nginx did not start: its keeper ${how}`, {
        hint: 'the last lines are what nginx says of it',
        lastLines: [...child.lastLines],
      }),
  )
}

/** The private folder: nginx makes its own folders in `temporary`. */
async function fill(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(join(folder, 'temporary'))
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

async function freePort(): Promise<Address> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return { transport: 'tcp', host: '127.0.0.1', port }
}
