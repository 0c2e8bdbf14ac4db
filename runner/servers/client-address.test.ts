import { describe, expect, it } from 'vitest'
import { nginxForTests } from '../fixtures/nginx.ts'
import { checkClientAddress, clientProblem } from './client-address.ts'
import { findFront } from './fronts.ts'

const RIGHT = { 'x-real-ip': '127.0.0.77', 'x-forwarded-for': '203.0.113.9, 127.0.0.77' }
const nginx = nginxForTests()

describe('clientProblem', () => {
  it('has nothing to say of the right headers', () => {
    expect(clientProblem(RIGHT)).toBeNull()
  })

  it.each([
    [{ ...RIGHT, 'x-real-ip': undefined }, 'the app sees x-real-ip null, not "127.0.0.77"'],
    [{ ...RIGHT, 'x-real-ip': '127.0.0.1' }, 'the app sees x-real-ip "127.0.0.1", not "127.0.0.77"'],
    [{ ...RIGHT, 'x-forwarded-for': '127.0.0.77' }, 'the app sees x-forwarded-for "127.0.0.77", not "203.0.113.9, 127.0.0.77"'],
  ])('names the header that is wrong', (seen, sentence) => {
    expect(clientProblem(seen)).toBe(sentence)
  })
})

describe.skipIf(nginx === null)('checkClientAddress', () => {
  it.each([[{ transport: 'tcp', keepAlive: true } as const], [{ transport: 'unix', keepAlive: false } as const]])(
    'finds nothing wrong with our configuration: %o',
    async (way) => {
      await checkClientAddress(nginx!, [way])
    },
  )

  it.skipIf(findFront('haproxy') === null)('finds nothing wrong with HAProxy', async () => {
    await checkClientAddress({ kind: 'haproxy', path: findFront('haproxy')!.path }, [{ transport: 'tcp', keepAlive: true }])
  })

  it('says so when nginx does not come up', async () => {
    const broken = { ...nginx!, path: 'false' }
    await expect(checkClientAddress(broken, [{ transport: 'tcp', keepAlive: true }])).rejects.toMatchObject({
      code: 'exited',
      message: expect.stringContaining('nginx ended with exit code 1'),
      exitStatus: 1,
    })
  })
})
