import { readFile } from 'node:fs/promises'
import type { Deployment, DeploymentHost, DeploymentPlan, StartOptions } from '../deployment/deployment.ts'
import type { NginxSite } from './configuration.ts'
import type { InstalledNginx } from './installed-nginx.ts'
import { type RunningNginx, startNginx } from './running-nginx.ts'

/** Modules with this ending are `location` blocks: nginx answers itself, and there is no app. */
export const NGINX_MODULE_ENDING = '.conf'

export interface NginxSettings {
  /** Connections that the load generator keeps open to each deployment. */
  readonly connections: number
  /** Files in the private folder of an nginx that answers itself, by relative path. */
  readonly files?: ReadonlyMap<string, string>
}

/** A host that can also put nginx in front of an app, or in its place. */
export function withNginx(host: DeploymentHost, nginx: InstalledNginx, settings: NginxSettings): DeploymentHost {
  const { connections, files } = settings
  return {
    async start(plan, options) {
      if (!plan.modulePath.endsWith(NGINX_MODULE_ENDING)) return host.start(plan, options)
      const locations = await readFile(plan.modulePath, 'utf8')
      const site: NginxSite = { connections, serves: { locations } }
      const started = await startNginx(nginx, site, { cpu: options.cpu, transport: plan.transport, files })
      return alone(plan, nginx, started)
    },
    async front(process: Deployment, plan: DeploymentPlan, options: StartOptions) {
      const site: NginxSite = { connections, serves: { app: process.address, keepAlive: plan.proxy?.keepAlive ?? false } }
      return inFront(process, plan, await startNginx(nginx, site, { cpu: options.cpu }))
    },
  }
}

function alone(plan: DeploymentPlan, { version }: InstalledNginx, nginx: RunningNginx): Deployment {
  return {
    ...{ plan, address: nginx.address, title: 'nginx', package: null, version, facts: {}, meteredFromOutside: true },
    get lastLines() {
      return nginx.lastLines
    },
    cpu: async () => nginx.cpu(),
    cpuShares: async () => nginx.cpuShares(),
    residentBytes: async () => nginx.residentBytes(),
    members: async () => [],
    ended: () => nginx.ended(),
    stop: () => nginx.stop(),
  }
}

function inFront(process: Deployment, plan: DeploymentPlan, nginx: RunningNginx): Deployment {
  const { title, package: packageName, version, facts, meteredFromOutside } = process
  return {
    ...{ plan, address: nginx.address, title, package: packageName, version, facts, meteredFromOutside },
    get lastLines() {
      return [...process.lastLines, ...nginx.lastLines]
    },
    async cpu() {
      const [app, proxy] = [await process.cpu(), nginx.cpu()]
      return {
        // The threads are the app's: while nginx runs on their CPU it waits for its own part of the work: no stranger, see `waitNs`.
        ...app,
        cpuNs: app.cpuNs + proxy.cpuNs,
        runDelayNs: app.runDelayNs + proxy.runDelayNs,
        proxyCpuNs: proxy.cpuNs,
      }
    },
    async cpuShares() {
      const [app, proxy] = [await process.cpuShares(), nginx.cpuShares()]
      if (app === null || proxy === null) return null
      return { userNs: app.userNs + proxy.userNs, systemNs: app.systemNs + proxy.systemNs }
    },
    async residentBytes() {
      const [app, proxy] = [await process.residentBytes(), nginx.residentBytes()]
      return app === null || proxy === null ? null : app + proxy
    },
    members: () => process.members(),
    ended() {
      const lost = nginx.ended()
      return process.ended() ?? (lost === null ? null : `lost its nginx, whose keeper ${lost},`)
    },
    stop: () => nginx.stop(),
  }
}
