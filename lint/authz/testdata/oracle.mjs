// Runs requests through @cloud-copilot/iam-simulate, which is a separate tool
// under a licence of its own (AGPL) and no part of this project: install it
// somewhere in your own checkout. See docs/oracle.md.
//
// usage: node oracle.mjs DIRECTORY < requests.jsonl > results.jsonl
// where DIRECTORY holds the node_modules it is installed in.
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

const file = path.join(process.argv[2], 'node_modules/@cloud-copilot/iam-simulate/dist/esm/index.js')
const { runSimulation } = await import(pathToFileURL(file))

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, simulation } = JSON.parse(line)
  let result
  try {
    const response = await runSimulation(simulation, {})
    result = response.resultType === 'error' ? { error: JSON.stringify(response.errors) } : { result: response.overallResult, ignored: response.result?.ignoredContextKeys }
  } catch (e) {
    result = { error: String(e) }
  }
  process.stdout.write(JSON.stringify({ id, ...result }) + '\n')
}
