import { type Child, describeExit } from './child.ts'

/**
 * The first thing a child says.
 * @param failed makes the error from how the child failed: `ended with exit code 1`, `said nothing within 10 s`
 */
export async function firstMessage<Message>(
  child: Child,
  limitMilliseconds: number,
  failed: (how: string) => Error,
): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  child.onMessage((message) => resolve(message as Message))
  child.exited.then((exit) => reject(failed(describeExit(exit))))
  const limit = setTimeout(() => reject(failed(`said nothing within ${limitMilliseconds / 1000} s`)), limitMilliseconds)
  return promise.finally(() => clearTimeout(limit))
}
