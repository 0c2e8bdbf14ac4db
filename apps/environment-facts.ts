import type { Server } from 'node:http'

/** The parts of `process` that are looked at. */
export type ProcessFacts = Pick<NodeJS.Process, 'version' | 'execArgv' | 'env'>

/**
 * What has to be equal for all apps, as an app has left it: read when its module is loaded and its server listens. An app may change
 * any of it, by accident or through a package it imports.
 *
 * @returns by name, for "`name` is `value`"
 */
export function environmentFacts(server: Server, { version, execArgv, env }: ProcessFacts): Record<string, string> {
  return {
    'Node version': version,
    execArgv: execArgv.join(' ') || 'empty',
    NODE_ENV: env.NODE_ENV ?? 'not set',
    NODE_OPTIONS: env.NODE_OPTIONS ?? 'not set',
    keepAliveTimeout: `${server.keepAliveTimeout} ms`,
    headersTimeout: `${server.headersTimeout} ms`,
    requestTimeout: `${server.requestTimeout} ms`,
    maxRequestsPerSocket: String(server.maxRequestsPerSocket),
  }
}
