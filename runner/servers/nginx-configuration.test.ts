import { describe, expect, it } from 'vitest'
import { nginxConfiguration } from './nginx-configuration.ts'

const LISTEN = { transport: 'tcp', host: '127.0.0.1', port: 4711 } as const
const app = { transport: 'unix', path: '/tmp/a "b" \\ c/app.sock' } as const

describe('nginxConfiguration', () => {
  it('keeps connections to the app where it is to, as many as the clients have', () => {
    const text = nginxConfiguration({ connections: 16, serves: { app, keepAlive: true } }, LISTEN)
    expect(text).toContain('keepalive 16; keepalive_requests 1000000000; keepalive_timeout 1h; }')
    expect(text).toContain('proxy_http_version 1.1; proxy_set_header Connection "";')
  })

  it('opens one for every request where it is not', () => {
    const text = nginxConfiguration({ connections: 16, serves: { app, keepAlive: false } }, LISTEN)
    expect(text).not.toContain('keepalive 16')
    expect(text).toContain('proxy_http_version 1.0; proxy_set_header Connection close;')
  })

  it('passes on who asked, and quotes what a path may hold', () => {
    const text = nginxConfiguration({ connections: 1, serves: { app, keepAlive: true } }, LISTEN)
    expect(text).toContain('proxy_set_header X-Real-IP $remote_addr;')
    expect(text).toContain('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;')
    expect(text).toContain(String.raw`server "unix:/tmp/a \"b\" \\ c/app.sock";`)
  })

  it('is one process in the foreground that listens on loopback only and writes errors only', () => {
    const text = nginxConfiguration({ connections: 300, serves: { locations: 'location / { return 404; }' } }, LISTEN)
    expect(text).toMatch(/^daemon off;\n(#.*\n)?master_process off;\nworker_processes 1;$/m)
    expect(text).toContain('worker_connections 1264;')
    expect(text.match(/listen .*/g)).toEqual(['listen "127.0.0.1:4711" backlog=4096;'])
    expect(text).toContain('access_log off;')
    expect(text.match(/\/(?:var|etc|usr|tmp)\b/)).toBeNull()
  })
})
