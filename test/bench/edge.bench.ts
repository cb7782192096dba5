import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureGrpc } from './edge/grpc.ts'
import { measureHttp } from './edge/http.ts'
import { ensurePeers } from './edge/pinned.ts'
import { measureWebSocket } from './edge/websocket.ts'
import { report } from './harness.ts'

const parts = { http: measureHttp, websocket: measureWebSocket, grpc: measureGrpc }

// One part after the other. `EDGE_PARTS=http,grpc` runs some of them.
const chosen = process.env.EDGE_PARTS?.split(',') ?? Object.keys(parts)
ensurePeers()
const folder = mkdtempSync(join(tmpdir(), 'minipaas-bench-peers-'))
try {
  for (const [name, measure] of Object.entries(parts)) if (chosen.includes(name)) report(await measure(folder))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
