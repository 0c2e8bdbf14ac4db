import { variantId } from '../../measure/plan.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { type GeneratedApps, writeGeneratedApps } from '../../servers/generated-apps.ts'
import type { Variant } from './variants.ts'

const WRITING = new URL('../../../apps/connections/written-otherwise.ts', import.meta.url)

/** A way in which a connection is used and a response written. */
export interface ConnectionWay {
  /** Part of the ids of its cells, `koa@new`; null: connections are kept, and the app writes as it does. */
  readonly key: string | null
  readonly keepAlive: boolean
  /** TCP_NODELAY is off on the server's side; null: as the app has it, on by default. */
  readonly nagle: boolean
  readonly twoWrites: boolean
}

/** The first one is what the others are compared with. */
export const connectionWays: readonly ConnectionWay[] = [
  { key: null, keepAlive: true, nagle: false, twoWrites: false },
  { key: 'new', keepAlive: false, nagle: false, twoWrites: false },
  { key: 'nagle', keepAlive: true, nagle: true, twoWrites: false },
  { key: 'two-writes', keepAlive: true, nagle: false, twoWrites: true },
  // What cost people days in 2009: each response takes 40 ms, and no CPU is busy.
  { key: 'nagle-two-writes', keepAlive: true, nagle: true, twoWrites: true },
]

/** Nagle's algorithm keeps the second of two small writes back until the first is acknowledged, which the other side puts off. */
export function stalls({ nagle, twoWrites }: ConnectionWay): boolean {
  return nagle && twoWrites
}

/** Modules of apps that write in another way than they do by themselves. */
export async function writeWays(apps: readonly ResolvedApp[]): Promise<GeneratedApps> {
  const recipes = apps.flatMap((base) =>
    connectionWays.filter(writesOtherwise).map(({ key, nagle, twoWrites }) => ({
      ...{ id: variantId({ app: base, key }), base },
      ...{ module: WRITING, name: 'writtenOtherwise', arguments: [{ nagle, twoWrites }] },
    })),
  )
  return writeGeneratedApps(recipes)
}

/** All ways of an app, a process each: what code for new connections has seen and left behind must not change what a kept one costs. */
export function variantsOf(app: ResolvedApp, generated: GeneratedApps): Variant[] {
  return connectionWays.map((way) => {
    const changed = generated.apps.find(({ id }) => id === variantId({ app, key: way.key }))
    const deployment = { transport: 'tcp' as const, ...(changed === undefined ? {} : { modulePath: changed.modulePath }) }
    return {
      ...{ app, key: way.key },
      deployment: {
        ...deployment,
        ...(stalls(way) ? { provokes: ['stall'] } : {}),
        // Opening connections costs the load generator more than the server, and a stall leaves both idle.
        load: { keepAlive: way.keepAlive, saturates: way.keepAlive && !stalls(way) },
      },
    }
  })
}

function writesOtherwise({ nagle, twoWrites }: ConnectionWay): boolean {
  return nagle || twoWrites
}
