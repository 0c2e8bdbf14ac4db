// The four endpoints on Bun's own server, with the suite's workload: HOST=127.0.0.1 PORT=3000 bun server.js
import { answer } from '../answer.js'

if (process.argv.includes('--describe')) {
  console.log(JSON.stringify({ package: 'bun', version: Bun.version, runtime: `Bun ${Bun.version}` }))
} else {
  const { SOCKET, HOST, PORT } = process.env
  // Connections stay open when nobody asks for a while.
  const idleTimeout = 0
  Bun.serve(SOCKET ? { unix: SOCKET, fetch: answer } : { hostname: HOST, port: PORT, idleTimeout, fetch: answer })
}
