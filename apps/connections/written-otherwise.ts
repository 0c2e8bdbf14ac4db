import type { App } from '../app.ts'
import { withNagle } from './nagle.ts'
import { inTwoWrites } from './two-writes.ts'

/** How an app is to write its responses, where that is not as it does by itself. */
export interface Writing {
  readonly nagle: boolean
  readonly twoWrites: boolean
}

/** The app, writing in another way. */
export function writtenOtherwise(app: App, { nagle, twoWrites }: Writing): App {
  const written = twoWrites ? inTwoWrites(app) : app
  return nagle ? withNagle(written) : written
}
