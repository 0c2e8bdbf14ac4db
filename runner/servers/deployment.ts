import type { Address } from '../../apps/ask.ts'
import type { Description } from '../../apps/description.ts'
import type { TeamWish } from '../../apps/scheduling.ts'
import type { CpuPin } from '../machine/child.ts'
import type { CpuReading, Member } from '../machine/process-tree.ts'
import type { CpuShares } from '../machine/procfs.ts'
import type { LoadShape } from '../result/load-shape.ts'
import type { Runtime } from './runtimes.ts'
import type { ManifestInFolder } from './server-manifest.ts'

/** What shall run. */
export interface DeploymentPlan {
  /** Unique in a run, for example `koa` or `node-http#2`. */
  readonly id: string
  /** The app it runs; two copies of the baseline share it. */
  readonly app: string
  /** Which of the deployments of this app, from 1. Absent: the only one. */
  readonly copy?: number
  /** A round may do without it: how many copies it starts follows from how much they differ. */
  readonly optional?: true
  /** Module of the app; for a program that is none, the file that names it. */
  readonly modulePath: string
  /** What runs the module; absent: the Node that runs the suite. */
  readonly runner?: Runtime
  /** For a module that Node runs; nothing else has a use for them. */
  readonly nodeFlags?: readonly string[]
  /** Beside the few variables that every server gets. */
  readonly env?: Readonly<Record<string, string>>
  /** The module also answers what is asked for by name only; absent: it does not. */
  readonly more?: true
  /** What is started in place of a module of ours; absent: the module. */
  readonly program?: NginxAlone | ManifestInFolder
  readonly transport: Address['transport']
  /**
   * The process that answers. Deployments that name the same one are a single server that is asked in several ways, so that what chance
   * gave to the process is the same for all of them. Absent: a process of its own.
   */
  readonly process?: string
  /** What it is asked for; absent: all endpoints of the plan. */
  readonly endpoints?: readonly string[]
  /** What stands in front of the app; absent: nothing. */
  readonly proxy?: ProxyPlan
  /** What answers, with its version, where that is no app; absent: an app on this Node. */
  readonly runtime?: string
  /** Several workers that serve it behind a primary. Absent: one process, without node:cluster. */
  readonly team?: TeamWish
  /** The CPUs it may use, where that is not the one that all servers have. */
  readonly cpus?: readonly number[]
  /** How much CPU time of it is enough to make it warm, milliseconds; absent: what an app of Node needs. */
  readonly warmUpMilliseconds?: number
  /** How it is asked, where that differs from the others; see `loadOf`. */
  readonly load?: Partial<LoadShape>
  /**
   * Apps of the plan that it is compared with by block, where proxy and app are to be taken apart: the same app without a proxy, and a proxy
   * that answers by itself. null: there is none.
   */
  readonly partsOver?: { readonly direct: string | null; readonly alone: string | null }
  /** Codes of findings that it is made to bring about: they make its own numbers invalid, but not the run. */
  readonly provokes?: readonly string[]
}

/** An nginx, or another front, that is to be started. */
export interface NginxPlan {
  /** With its version, for the result. */
  readonly name: string
  /** Program, as it is found on this machine. */
  readonly path: string
  /** That the load generator keeps open to it. */
  readonly connections: number
}

export type FrontKind = 'nginx' | 'lighttpd' | 'haproxy'

/** Between the load generator and the app. */
export interface ProxyPlan extends NginxPlan {
  /** Absent: nginx. */
  readonly kind?: FrontKind
  /** Connections to the app are kept open; false: a new one for every request. */
  readonly keepAlive: boolean
  /** Processes of the app that it shares requests out to, in turn; absent: one. */
  readonly backs?: number
}

/** nginx in place of an app: it answers by itself. */
export interface NginxAlone extends NginxPlan {
  /** `location` blocks in the words of nginx; relative paths start in its private folder. */
  readonly locations: string
  /** Files in its private folder, by relative path. */
  readonly files?: ReadonlyMap<string, string>
}

/** Name of the process that a deployment needs. */
export function processOf({ id, process = id }: DeploymentPlan): string {
  return process
}

/** How its program is started, where somebody has written that down; null: it is a module, or nginx. */
export function manifestOf({ program }: DeploymentPlan): ManifestInFolder | null {
  return program !== undefined && 'command' in program ? program : null
}

export function isNginxAlone(plan: DeploymentPlan): boolean {
  return plan.program !== undefined && manifestOf(plan) === null
}

/** A module that Node runs: flags of Node are for it, and the time of V8's threads tells whether it is warm. */
export function isOnNode({ program, runner }: DeploymentPlan): boolean {
  return program === undefined && (runner?.name ?? 'node') === 'node'
}

/** The Node that runs the suite, of whatever way it was asked for. */
export function isOnThisNode(plan: DeploymentPlan): boolean {
  return isOnNode(plan) && (plan.runner?.version ?? process.versions.node) === process.versions.node
}

/**
 * Whether a process may cost more for a while after a rest. Measured of V8 of Node 20 and 22, which throws code away, of Deno and of Bun; not so of
 * the Node of the suite, nor of what compiles nothing and says how long it is to be warmed up (docs/precision-log.md, "Slices of other runtimes").
 */
export function mayCool(plan: DeploymentPlan): boolean {
  return !isOnThisNode(plan) && !isNginxAlone(plan) && plan.warmUpMilliseconds === undefined
}

/** Whether it costs more after every break, of whatever length, and not only after a long one, as other versions of Node do. */
export function paysForBreaks(plan: DeploymentPlan): boolean {
  return mayCool(plan) && !isOnNode(plan)
}

/** Flags of Node that it is started with. */
export function nodeFlagsOf(plan: DeploymentPlan): readonly string[] {
  return isOnNode(plan) ? (plan.nodeFlags ?? []) : []
}

/** Processes that answer. */
export function workersOf({ team }: DeploymentPlan): number {
  return team?.workers ?? 1
}

/** One running app; a plain object, so that it can be shown under another plan, or with other figures. */
export interface Deployment {
  readonly plan: DeploymentPlan
  readonly address: Address
  /** Where the others listen, of several processes that stand for one; absent: there is one. */
  readonly otherAddresses?: readonly Address[]
  readonly startup: Startup
  /** What has to be equal for all apps and only the running process knows, by name: the CPUs it may use. */
  readonly facts: Readonly<Record<string, string>>
  /** Read from outside: it costs the server nothing. */
  cpu(): Promise<CpuReading>
  cpuShares(): Promise<CpuShares | null>
  /** CPU nanoseconds of processes that it has started itself, by their numbers, without workers that were requested; none where unknown. */
  childrenCpuNs(): Promise<ReadonlyMap<number, number>>
  /**
   * Its processes one by one, the primary of a team first and a proxy last, with their connections where requested; none where the kernel
   * does not say.
   */
  members(options?: { readonly connections?: boolean }): Promise<readonly Member[]>
  /** Why the deployment is gone, as the end of a sentence, or null while it runs. */
  ended(): string | null
  /** The last lines it printed. */
  lastLines(): readonly string[]
  stop(): Promise<void>
}

/** How long a server took to come up, milliseconds since it was started; known to the time between two looks. */
export interface Startup {
  readonly listenedMilliseconds: number
  /** To the last byte of its first answer. */
  readonly answeredMilliseconds: number
}

export interface StartOptions {
  readonly cpu: CpuPin
  /** Path of the request whose answer shows that it is ready. */
  readonly readyPath: string
  /** Between two looks; absent: as is usual. */
  readonly lookMilliseconds?: number
  /** How long it may take to come up, and how long one answer may; absent: as is usual. */
  readonly readyMilliseconds?: number
  readonly answerMilliseconds?: number
  /** Length of a meaningless environment variable: shifts the initial stack, whose address can bias a whole process. Bytes. */
  readonly environmentPadding: number
}

/** Starts deployments. Rejects with a DeploymentError that says what went wrong. */
export interface DeploymentHost {
  /** What a plan's server says of itself, from a process of its own that ends before anything is measured. */
  describe(plan: DeploymentPlan): Promise<Description>
  /** Starts the process of a plan, or those that its front shares requests out to, without what stands in front. */
  start(plan: DeploymentPlan, options: StartOptions): Promise<Deployment>
  /** Puts a plan's proxy in front of a process that runs; stopping what this returns leaves the process running. */
  front(process: Deployment, plan: DeploymentPlan, options: StartOptions): Promise<Deployment>
}

/**
 * A deployment of a process that runs: behind the proxy of its plan, or the server as it is. One under another plan is the same server,
 * asked in another way, and ends with the process.
 */
export async function deployOn(host: DeploymentHost, process: Deployment, plan: DeploymentPlan, options: StartOptions) {
  if (plan.proxy !== undefined) return host.front(process, plan, options)
  return plan === process.plan ? process : { ...process, plan, stop: async () => {} }
}

/** A deployment did not come up. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError'
  readonly code: string
  readonly hint: string | null
  readonly lastLines: readonly string[]

  constructor(
    code: string,
    message: string,
    details: { hint?: string | null; lastLines?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.code = code
    this.hint = details.hint ?? null
    this.lastLines = details.lastLines ?? []
  }
}
