import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { freeAddress } from './running-program.ts'

describe('freeAddress', () => {
  it('is a socket in the private folder', async () => {
    expect(await freeAddress('unix', '/tmp/mine')).toEqual({ transport: 'unix', path: '/tmp/mine/app.sock' })
  })

  it('refuses a path that is too long for a socket, and says what to do', async () => {
    await expect(freeAddress('unix', `/tmp/${'x'.repeat(100)}`)).rejects.toMatchObject({
      code: 'no-socket',
      message: expect.stringContaining('may have 103 bytes'),
      hint: 'set TMPDIR to a folder with a shorter path',
    })
  })

  it('is a port of loopback, below those of outgoing connections where the kernel leaves room for that', async () => {
    const address = await freeAddress('tcp', '/tmp/mine')
    expect(address).toMatchObject({ transport: 'tcp', host: '127.0.0.1' })
    const lowest = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0])
    if (address.transport === 'tcp') expect(address.port).toBeLessThan(Math.max(lowest, 21_000))
  })
})
