/** What is used of koa-pino-logger 5, which has no types of its own. */
declare module 'koa-pino-logger' {
  import type { Middleware } from 'koa'
  import type { DestinationStream } from 'pino'
  import type { Options } from 'pino-http'

  export default function logger(options: Options, stream: DestinationStream): Middleware
}
