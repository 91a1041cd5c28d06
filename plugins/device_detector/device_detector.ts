import {
  AgentReader,
  DEVICE_TYPES,
  type Agent,
  type ClientHints,
  type DeviceType,
} from '#modules/context/contract'
import { BoundedCache } from '#modules/kernel/bounded_cache'
import { isProgram } from '#plugins/device_detector/bot_verdict'
import { MatomoDetector, type Detected } from '#plugins/device_detector/matomo_detector'

/** Longer than any real user agent (the longest of 7,570 collected ones has 387); keeps the worst case near 1 ms; what follows is not read. */
export const MAX_USER_AGENT_CHARS = 512
/** A brand list of a browser has about 150. */
export const MAX_HINT_CHARS = 256
/** Answers kept: some 5 MB at usual lengths, 15 MB when every user agent is as long as can be. */
export const CACHED_AGENTS = 10_000

/** Request headers that tell of the client, lower case. @source WICG User-Agent Client Hints */
const HINT_HEADERS = [
  'sec-ch-ua',
  'sec-ch-ua-full-version-list',
  'sec-ch-ua-full-version',
  'sec-ch-ua-mobile',
  'sec-ch-ua-model',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-ch-ua-arch',
  'sec-ch-ua-bitness',
  'sec-ch-ua-form-factors',
  'x-requested-with',
] as const

const UNKNOWN: Agent = Object.freeze({
  bot: false,
  botName: null,
  deviceType: null,
  os: null,
  osVersion: null,
  browser: null,
  browserVersion: null,
})

/** Programs that fetch for themselves; every other kind of client shows pages to somebody. */
const NOT_A_BROWSER = new Set(['library', 'feed reader'])
const deviceTypes: ReadonlySet<string> = new Set(DEVICE_TYPES)

/** Device, software and bot class from the user agent and client hints, by the rules of Matomo and isbot. */
export class DeviceDetector extends AgentReader {
  private readonly detector = new MatomoDetector()
  private readonly cache = new BoundedCache<Agent>(CACHED_AGENTS)
  override readonly vocabulary = this.detector.vocabulary()

  /** Cost: 0.2 µs when kept, 0.2 ms (99 of 100 below 0.5 ms) when not. An empty user agent is unknown, not a bot. */
  read(userAgent: string, hints?: ClientHints): Agent {
    const text =
      userAgent.length > MAX_USER_AGENT_CHARS ? userAgent.slice(0, MAX_USER_AGENT_CHARS) : userAgent
    const headers = hints ? usable(hints) : null
    if (text.trim() === '' && !headers) return UNKNOWN
    const key = headers ? `${text}\n${Object.entries(headers).join('\n')}` : text
    const known = this.cache.get(key)
    if (known) return known
    const agent = this.detect(text, headers)
    this.cache.set(key, agent)
    return agent
  }

  private detect(text: string, headers: Readonly<Record<string, string>> | null): Agent {
    const found = this.detector.detect(text, headers && this.detector.parseHints(headers))
    const { os, client, device, botName } = found
    const shown = showsPages(found)
    return Object.freeze({
      bot: isProgram(text, {
        botName,
        browser: client.type === 'browser',
        model: Boolean(device.brand && device.model),
      }),
      botName,
      deviceType: isDeviceType(device.type) ? device.type : null,
      os: os.name || null,
      osVersion: os.version || null,
      browser: shown ? client.name || null : null,
      browserVersion: shown ? client.version || null : null,
    })
  }
}

const showsPages = ({ client }: Detected) => !NOT_A_BROWSER.has(client.type ?? '')
const isDeviceType = (type: string | undefined): type is DeviceType =>
  type !== undefined && deviceTypes.has(type)

/** The known headers among them, cut to length, in a fixed order; null when there is none. */
function usable(hints: ClientHints): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {}
  let some = false
  for (const name of HINT_HEADERS) {
    const value: unknown = hints[name]
    if (typeof value !== 'string' || value === '') continue
    headers[name] = value.slice(0, MAX_HINT_CHARS)
    some = true
  }
  return some ? headers : null
}
