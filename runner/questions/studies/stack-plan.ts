import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { variantId } from '../../result/ids.ts'
import type { Way } from '../../servers/client-address.ts'
import type { NginxPlan } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import type { Variant } from './variants.ts'

/** How an app is reached in a stack. */
export interface StackWay extends Way {
  /** nginx stands in between. */
  readonly proxied: boolean
}

/** What stands between the load generator and an app, and how the app is reached; null: there is no app. */
const WAYS = {
  'direct-tcp': { transport: 'tcp', keepAlive: true, proxied: false },
  'direct-unix': { transport: 'unix', keepAlive: true, proxied: false },
  'nginx-tcp': { transport: 'tcp', keepAlive: false, proxied: true },
  'nginx-tcp-keepalive': { transport: 'tcp', keepAlive: true, proxied: true },
  'nginx-unix': { transport: 'unix', keepAlive: false, proxied: true },
  'nginx-unix-keepalive': { transport: 'unix', keepAlive: true, proxied: true },
  'nginx-alone': null,
} as const satisfies Record<string, StackWay | null>
export type StackId = keyof typeof WAYS
export const STACKS = Object.keys(WAYS) as StackId[]

/** Every app is compared with itself in this one. */
export const DIRECT = 'direct-tcp'
export const ALONE = 'nginx-alone'
/** nginx cannot make the other answers: there is code behind them. */
export const ALONE_ENDPOINT = 'hello'

const NGINX: ResolvedApp = {
  id: 'nginx',
  given: 'nginx',
  insideProject: true,
  modulePath: fileURLToPath(new URL('../../../apps/nginx/hello.conf', import.meta.url)),
}

const NGINX_ALONE = { app: NGINX, key: 'alone' }

/** One app in one stack, as a row of the plan. */
export interface PlannedStack extends Variant {
  readonly stack: StackId
  /** Of the app of the plan. */
  readonly id: string
}

/** How nginx is to reach the apps. */
export function proxyWays(stacks: readonly StackId[]): StackWay[] {
  return stacks.flatMap((stack) => {
    const way: StackWay | null = WAYS[stack]
    return way?.proxied ? [way] : []
  })
}

/** Stacks over one transport share the app's process: what chance gave to it is the same for all of them. */
export function planStacks(apps: readonly ResolvedApp[], stacks: readonly StackId[], nginx: NginxPlan): PlannedStack[] {
  const alone = stacks.includes(ALONE) ? variantId(NGINX_ALONE.app.id, NGINX_ALONE.key) : null
  return stacks.flatMap((stack) => {
    const way: StackWay | null = WAYS[stack]
    if (way === null) return [nginxAlone(nginx)]
    const { transport, keepAlive, proxied } = way
    return apps.map((app): PlannedStack => {
      const proxy = proxied ? { proxy: { ...nginx, keepAlive } } : {}
      const partsOver = { direct: variantId(app.id, DIRECT), alone }
      const deployment = { transport, process: variantId(app.id, transport), partsOver, ...proxy }
      return { stack, app, key: stack, deployment, id: variantId(app.id, stack) }
    })
  })
}

function nginxAlone(nginx: NginxPlan): PlannedStack {
  // It may well be faster than the load generator.
  const load = { saturates: false }
  const program = { ...nginx, locations: readFileSync(NGINX.modulePath, 'utf8') }
  const deployment = { runtime: nginx.name, program, transport: 'tcp' as const, endpoints: [ALONE_ENDPOINT], load }
  return { ...NGINX_ALONE, stack: ALONE, deployment, id: variantId(NGINX_ALONE.app.id, NGINX_ALONE.key) }
}
