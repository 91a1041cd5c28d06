import { BaseCommand, flags } from '@adonisjs/core/ace'
import { readDemo } from '#app/demo/demo_file'
import { TrafficReplay } from '#app/demo/traffic'

const MOST_RATE = 2_000
const MOST_MINUTES = 24 * 60
const BAR_WIDTH = 28
const LINE_EVERY_MS = 10_000

/** `node ace demo:traffic --minutes=5 --rate=50`: replays real user agents and pages against the running demo. */
export default class DemoTraffic extends BaseCommand {
  static override commandName = 'demo:traffic'
  static override description = 'Replay page views with real user agents and pages against the running demo'
  static override help = [
    'A page view asks for the ads of one publication in one call, shows what came, and sometimes clicks.',
    'The last line on standard output is a JSON summary of what the server acknowledged.',
  ]

  @flags.number({ description: 'How long, in minutes; fractions are fine', default: 1 })
  declare minutes: number

  @flags.number({ description: 'Page views per second', default: 20 })
  declare rate: number

  @flags.number({ description: 'Seed of the choices, for the same traffic again', default: 1 })
  declare seed: number

  @flags.string({ description: 'Origin of the server; default: edgeUrl of demo.json' })
  declare url?: string

  override async run(): Promise<void> {
    const demo = await readDemo()
    const wrong = this.wrongOption()
    if (wrong || !demo) {
      this.exitCode = wrong ? 2 : 1
      return this.logger.error(wrong ?? 'There is no demo network here: run npm start first')
    }
    const replay = new TrafficReplay({
      origin: this.url ?? demo.edgeUrl,
      placements: demo.placements,
      rate: this.rate,
      durationMs: this.minutes * 60_000,
      seed: this.seed,
    })
    const stop = () => replay.stop()
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    const shown = this.show(replay)
    const summary = await replay.run()
    clearInterval(shown)
    if (process.stderr.isTTY) process.stderr.write('\n')
    process.stdout.write(`${JSON.stringify(summary)}\n`)
    if (summary.views === 0 || summary.errors > summary.views / 10) {
      this.exitCode = 1
      this.logger.error(
        `${summary.errors} of ${summary.views + summary.errors} page views failed; the last: ${summary.lastError ?? 'none'}`
      )
    }
  }

  private wrongOption(): string | null {
    if (!(this.minutes > 0 && this.minutes <= MOST_MINUTES)) {
      return `--minutes takes a number above 0, up to ${MOST_MINUTES}`
    }
    if (!(this.rate > 0 && this.rate <= MOST_RATE)) return `--rate takes a number above 0, up to ${MOST_RATE}`
    if (!Number.isInteger(this.seed)) return '--seed takes a whole number'
    return null
  }

  /** A bar that moves on a terminal; a line every ten seconds elsewhere. */
  private show(replay: TrafficReplay): NodeJS.Timeout {
    const line = () => {
      const { views, impressions, clicks, errors } = replay.summary
      const part = replay.progress
      const filled = Math.round(part * BAR_WIDTH)
      return `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${String(Math.floor(part * 100)).padStart(3)}%  ${views} views  ${impressions} impressions  ${clicks} clicks${errors > 0 ? `  ${errors} errors` : ''}`
    }
    const write = process.stderr.isTTY
      ? () => process.stderr.write(`\r${line()}\x1b[K`)
      : () => process.stderr.write(`${line()}\n`)
    return setInterval(write, process.stderr.isTTY ? 200 : LINE_EVERY_MS)
  }
}
