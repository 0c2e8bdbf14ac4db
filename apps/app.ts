import type { Server } from 'node:http'
import type { MoreWorkload } from './workload/more.ts'

/** One minimal server program for one framework: the default export of an app module. */
export interface App {
  /** The framework's name as people write it: "Express". */
  readonly title: string
  /** The npm package whose installed version is reported, or null if there is none. */
  readonly package: string | null
  /**
   * Builds a server that is not yet listening and answers the endpoints with the workload's bodies.
   * @param more given when further endpoints are asked for
   */
  createServer(workload: Workload, more?: MoreWorkload): Server | Promise<Server>
}

/** Another app made of one: no package, because these are not its plain figures any more. */
export function variantOf(base: App, what: string, createServer: App['createServer']): App {
  return { title: `${base.title}, ${what}`, package: null, createServer }
}

/** What is requested, in the order in which it is reported: from no work of one's own to a lot of it. Each has its name as its path. */
export const endpointIds = ['hello', 'template', 'table', 'lookup'] as const
export type EndpointId = (typeof endpointIds)[number]

/** Asked for by name only: a serialiser, parameters of path and query, a body that is parsed and validated, the last of 100 routes, no route. */
export const moreEndpointIds = ['json', 'params', 'post', 'routes', 'not-found'] as const
export type MoreEndpointId = (typeof moreEndpointIds)[number]

/** All that may be asked for by name. */
export const knownEndpointIds = [...endpointIds, ...moreEndpointIds]

/** "Your code": one copy behind every app. Each function returns a complete response body. */
export type Workload = Readonly<Record<EndpointId, () => string>>

/** The app every other is compared with: the skeleton without a framework. */
export const BASELINE = 'node-http'
