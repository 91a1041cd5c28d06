import { isbot } from 'isbot'

/** How those who fetch pages by program name themselves: a kind of program, an address or a mailbox to complain to. */
const SELF_NAMED =
  /bot\b|bot[^a-z ]|crawl|spider|slurp|scrap|fetch|monitor|preview|headless|https?:|www\.|@|\.(?:com|org|net|io)\b/i

export type Recognised = {
  readonly botName: string | null
  readonly browser: boolean
  readonly model: boolean
}

/**
 * Whether a user agent is a program's.
 *
 * Two lists are asked: the crawlers that Matomo knows by name, and isbot, whose patterns find nearly all of the rest
 * and also some televisions, feature phones and in-app browsers (1.8 % of labelled browsers). Its word alone does
 * not count against a browser on a device whose model is known, unless the text has a word by which programs name
 * themselves. A missing user agent is nobody's: not judged here.
 *
 * @source MRC Invalid Traffic Detection and Filtration Standards, general invalid traffic: lists of known bots
 */
export function isProgram(userAgent: string, { botName, browser, model }: Recognised): boolean {
  if (botName !== null) return true
  if (!isbot(userAgent)) return false
  return !(browser && model && !SELF_NAMED.test(userAgent))
}
