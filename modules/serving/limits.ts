/** Bounds of delivery requests. Each is documented in docs/decision-api.md; a larger value is refused, naming the field. */
export const MAX_DECISION_BYTES = 64 * 1024
export const MAX_PLACEMENTS = 20
export const MAX_COUNT = 10
export const MAX_SIZES = 20
/** Pixels of either side. */
export const MAX_SIDE = 10_000
export const MAX_ID_CHARS = 64
export const MAX_KEYWORDS = 50
export const MAX_KEYWORD_CHARS = 100
/** Categories that a page states. */
export const MAX_CATEGORIES = 50
export const MAX_CATEGORY_CHARS = 20
export const MAX_PROPERTIES = 20
export const MAX_PROPERTY_KEY_CHARS = 100
export const MAX_PROPERTY_VALUES = 20
export const MAX_PROPERTY_VALUE_CHARS = 200
export const MAX_URL_CHARS = 2048
export const MAX_USER_ID_CHARS = 256
export const MAX_USER_SEGMENTS = 100
/** TCF and GPP strings of real platforms stay below 3,000. */
export const MAX_CONSENT_CHARS = 8192
export const MAX_GPP_SECTIONS = 50
export const MAX_IP_CHARS = 64
export const MAX_USER_AGENT_CHARS = 1024
/** Longer tokens cannot be ours (`events` promises at most 400). */
export const MAX_TOKEN_CHARS = 512
/** Conversions of one call. */
export const MAX_CONVERSIONS = 500
export const MAX_CONVERSION_BYTES = 512 * 1024
export const MAX_ORDER_CHARS = 200
/** A recipient and a mailing, in whatever way the sender writes them. */
export const MAX_MAIL_KEY_CHARS = 200
/** Trackers and tags read no body. */
export const NO_BODY_BYTES = 0
/** Seconds after which a client that met a full log, or a process that is still loading, may try again. */
export const RETRY_AFTER_SECONDS = 5
