/** Flags of `npm start`, checked before anything is done. */
import { parseArgs } from 'node:util'
import { Failure } from './failure.js'

const MAX_LINE_ITEMS = 1_000_000
const DEFAULT_PORT = 3333

export const HELP = `Usage: npm start -- [flags]

  --port=N         serve on port N (else PORT, else ${DEFAULT_PORT})
  --fresh          empty the demo's storage and seed it anew
  --line-items=K   let the demo network hold K line items
  --edge=N         run N edge processes (0 in this build: the web process delivers)
  --watch          restart the server when a source file changes (npm run dev)
  --help           this text

Environment: DATABASE_URL and REDIS_URL replace the PostgreSQL and Redis that this command would start.
Everything is kept in storage/dev; docs/getting-started.md tells more.`

const FLAGS = {
  port: { type: 'string' },
  fresh: { type: 'boolean' },
  edge: { type: 'string' },
  'line-items': { type: 'string' },
  watch: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

/**
 * @param {string[]} argv without node and script
 * @param {Record<string, string | undefined>} env
 * @returns {{ port: number, fresh: boolean, lineItems: number | null, watch: boolean, help: boolean }}
 * @throws Failure (exit code 2) that names the flag
 */
export function startOptions(argv, env = process.env) {
  const { values, positionals } = parse(argv)
  if (positionals.length > 0) throw usage(`unknown argument "${positionals[0]}"`)
  const edge = number('--edge', values.edge, 0, 1_024)
  if (edge) {
    throw usage(
      `--edge=${edge}: this build has no edge processes, the web process delivers; leave the flag away`
    )
  }
  return {
    port:
      number('--port', values.port, 1, 65_535) ??
      number('PORT', env.PORT || undefined, 1, 65_535) ??
      DEFAULT_PORT,
    fresh: values.fresh ?? false,
    lineItems: number('--line-items', values['line-items'], 1, MAX_LINE_ITEMS),
    watch: values.watch ?? false,
    help: values.help ?? false,
  }
}

function parse(argv) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true, strict: true })
  } catch (error) {
    const unknown = /Unknown option '([^']+)'/.exec(error.message)?.[1]
    throw usage(unknown ? `unknown flag ${unknown}` : error.message.split('\n')[0])
  }
}

function number(name, text, min, max) {
  if (text === undefined) return null
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max)) {
    throw usage(`${name} takes a whole number from ${min} to ${max}, not "${text}"`)
  }
  return value
}

const usage = (message) => new Failure(`${message} (npm start -- --help lists the flags)`, { exitCode: 2 })
