import type { KeyObject } from 'node:crypto'
import { uuidFromBytes } from '#modules/kernel/ids'
import { mac } from '#modules/kernel/signing'
import { QUARTER_MS, type EpochMs } from '#modules/kernel/time'
import type { Match, MatchEngine } from '#modules/matching/contract'
import type { SlotQuery } from '#modules/serving/services/ad_server'

const HOUR_MS = 4 * QUARTER_MS
/** Draws for one line item until an image comes up, and line items that are tried. */
const DRAWS_PER_LINE = 4
const LINES_TRIED = 6

/**
 * Ads of mails. A mail has no scripts and sends no cookies, its picture and its link are asked for by different
 * programs at different times, and both must lead to the same ad: so nothing of whoever asks goes into the decision.
 * The draw comes from the key that stands in both addresses, one for each recipient and mailing.
 */
export class MailAds {
  /** @param secret so that nobody can look for a key that draws the ad of his choice */
  constructor(private readonly secret: KeyObject) {}

  /** The ad of this key: an image creative, since a mail shows nothing else; null when there is none. */
  choose(engine: MatchEngine, slot: SlotQuery, key: string, nowMs: EpochMs): Match | null {
    const { placement, sizes, keywords, keyValues } = slot
    if (!placement.active) return null
    const unknown = { country: null, deviceType: null, os: null, browser: null, language: null }
    const used = new Set<string>()
    for (let turn = 0; turn < DRAWS_PER_LINE * LINES_TRIED; turn++) {
      const draw = this.draw(placement.id, key, turn)
      const asked = { placementId: placement.id, sizes, keywords, keyValues, nowMs, draw, used, ...unknown }
      const match = engine.decide(asked)
      if (!match || isImage(match)) return match
      if (turn % DRAWS_PER_LINE === DRAWS_PER_LINE - 1) used.add(match.lineItem.id)
    }
    return null
  }

  /**
   * Id of the fact that this key stands for in the running hour: a mail that is opened again within it, or a proxy that
   * fetches twice, is the same fact once more and not counted. Version 7, with the hour as its time.
   * @source RFC 9562 §5.7
   */
  factId(placementId: string, key: string, nowMs: EpochMs): { id: string; issuedAt: EpochMs } {
    const issuedAt = (nowMs - (nowMs % HOUR_MS)) as EpochMs
    const bytes = Buffer.from(mac(this.secret, text('id', placementId, key, issuedAt), 16))
    bytes.writeUIntBE(issuedAt, 0, 6)
    bytes[6] = (bytes[6]! & 0x0f) | 0x70
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    return { id: uuidFromBytes(bytes), issuedAt }
  }

  private draw(placementId: string, key: string, turn: number): [number, number] {
    // The first number chooses the line item and stays the same while its creatives are drawn again.
    const line = mac(this.secret, text('line', placementId, key, Math.floor(turn / DRAWS_PER_LINE)), 16)
    const creative = mac(this.secret, text('creative', placementId, key, turn), 16)
    return [line.readUInt32BE(0), creative.readUInt32BE(0)]
  }
}

/** True when the picture can be shown by its address alone. */
export function isImage({ creative }: Match): boolean {
  return creative.type === 'image' && creative.assetPath !== null
}

/** Lengths keep the parts apart: no two inputs are the same text. */
function text(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `${String(part).length}:${part}`).join('')
}

/** Fetches pictures once a person has opened the mail, on the person's behalf. */
const OPENING_PROXY = /GoogleImageProxy|YahooMailProxy/
/** Apple Mail Privacy Protection fetches all pictures of all mails, opened or not, and calls itself no more than this. */
const FETCHES_ALL = 'Mozilla/5.0'

/**
 * Why a picture that was fetched does not count; null when it does. What calls itself nothing, or a bot, or Apple's
 * protection, shows the mail to nobody that we know of.
 */
export function mailFilter(userAgent: string | undefined, bot: boolean): 'bot' | null {
  const agent = userAgent?.trim() ?? ''
  if (OPENING_PROXY.test(agent)) return null
  return bot || agent === '' || agent === FETCHES_ALL ? 'bot' : null
}
