import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { variantId } from '../../measure/plan.ts'
import type { Way } from '../../servers/client-address.ts'
import type { NginxPlan } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import type { Variant } from './variants.ts'

/** What stands between the load generator and an app; the transport is that to the app. */
export const STACKS = [
  ...(['direct-tcp', 'direct-unix', 'nginx-tcp', 'nginx-tcp-keepalive', 'nginx-unix', 'nginx-unix-keepalive'] as const),
  'nginx-alone',
] as const
export type StackId = (typeof STACKS)[number]

/** Every app is compared with itself in this one. */
export const DIRECT = 'direct-tcp'
/** nginx cannot make the other answers: there is code behind them. */
export const ALONE_ENDPOINT = 'hello'

/** How an app is reached in a stack. */
export interface StackWay extends Way {
  /** nginx stands in between. */
  readonly proxied: boolean
}

const WAYS: Readonly<Record<Exclude<StackId, 'nginx-alone'>, StackWay>> = {
  'direct-tcp': { transport: 'tcp', keepAlive: true, proxied: false },
  'direct-unix': { transport: 'unix', keepAlive: true, proxied: false },
  'nginx-tcp': { transport: 'tcp', keepAlive: false, proxied: true },
  'nginx-tcp-keepalive': { transport: 'tcp', keepAlive: true, proxied: true },
  'nginx-unix': { transport: 'unix', keepAlive: false, proxied: true },
  'nginx-unix-keepalive': { transport: 'unix', keepAlive: true, proxied: true },
}

const NGINX_ALONE: ResolvedApp = {
  ...{ id: 'nginx', given: 'nginx', insideProject: true },
  modulePath: fileURLToPath(new URL('../../../apps/nginx/hello.conf', import.meta.url)),
}

/** One app in one stack, as a row of the plan. */
export interface PlannedStack {
  readonly stack: StackId
  /** null: nginx alone. */
  readonly app: ResolvedApp | null
  readonly variant: Variant
}

/** How an app is reached; null: there is no app. */
export function wayOf(stack: StackId): StackWay | null {
  return stack === 'nginx-alone' ? null : WAYS[stack]
}

export function planStacks(apps: readonly ResolvedApp[], stacks: readonly StackId[], nginx: NginxPlan): PlannedStack[] {
  return stacks.flatMap((stack) => {
    const way = wayOf(stack)
    return way === null ? [alone(nginx)] : apps.map((app) => inFrontOf(app, stack, way, nginx))
  })
}

/** The app of the plan that an app is in a stack. */
export function stackId({ app, stack, variant }: PlannedStack, other: StackId = stack): string {
  return variantId(app === null ? variant : { app, key: other })
}

/** Stacks over one transport share the app's process: what chance gave to it is the same for all of them. */
function inFrontOf(
  app: ResolvedApp,
  stack: StackId,
  { transport, keepAlive, proxied }: StackWay,
  nginx: NginxPlan,
): PlannedStack {
  const proxy = { ...nginx, keepAlive }
  const deployment = { transport, process: variantId({ app, key: transport }), ...(proxied ? { proxy } : {}) }
  return { stack, app, variant: { app, key: stack, deployment } }
}

function alone(nginx: NginxPlan): PlannedStack {
  // It may well be faster than the load generator.
  const load = { saturates: false }
  const program = { ...nginx, locations: readFileSync(NGINX_ALONE.modulePath, 'utf8') }
  const deployment = { runtime: nginx.name, program, transport: 'tcp' as const, endpoints: [ALONE_ENDPOINT], load }
  return { stack: 'nginx-alone', app: null, variant: { app: NGINX_ALONE, key: 'alone', deployment } }
}
