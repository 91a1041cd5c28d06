/** Values for random targeting and requests, frequent ones first. */
import type { DeviceType } from '#modules/context/contract'
import type { Size } from '#modules/inventory/contract'

/** ISO 3166-1 alpha-2, by about their share of web traffic. */
export const COUNTRIES =
  'US IN CN BR DE GB JP FR RU ID MX IT ES KR TR CA NL PL AU VN PH TH AR CO UA EG ZA NG PK BD SE CH AT BE NO DK FI PT GR CZ RO HU IE IL SA AE SG MY HK TW NZ CL PE EC KE GH MA DZ TN JO LB QA KW OM LK NP MM KH LA MN KZ UZ GE AM AZ BY LT LV EE SK SI HR RS BA MK AL ME MT CY IS LU LI MC AD SM VA'.split(
    ' '
  )

export const DEVICES: readonly DeviceType[] = [
  'smartphone',
  'desktop',
  'tablet',
  'tv',
  'phablet',
  'console',
  'feature phone',
  'wearable',
  'smart display',
  'car browser',
]
export const SYSTEMS = [
  'Android',
  'Windows',
  'iOS',
  'Mac',
  'GNU/Linux',
  'Chrome OS',
  'Tizen',
  'webOS',
  'HarmonyOS',
  'Fire OS',
]
export const BROWSERS = [
  'Chrome Mobile',
  'Chrome',
  'Mobile Safari',
  'Safari',
  'Firefox',
  'Microsoft Edge',
  'Samsung Browser',
  'Opera',
  'Firefox Mobile',
  'Android Browser',
  'DuckDuckGo Privacy Browser',
  'Yandex Browser',
]
export const LANGUAGES =
  'en zh es hi de pt fr ja ru ko it tr pl nl id vi th ar sv cs el he uk ro hu fi da nb'.split(' ')

export const SIZES: readonly Size[] = [
  [300, 250],
  [728, 90],
  [320, 50],
  [160, 600],
  [300, 600],
  [970, 250],
  [336, 280],
  [320, 100],
  [970, 90],
  [468, 60],
  [250, 250],
  [120, 600],
  [300, 50],
  [234, 60],
  [1, 1],
].map(([width, height]) => ({ width, height }))

/** As requests bring them: lower-case and trimmed. */
export const KEYWORDS = [
  'news',
  'sports',
  'football',
  'politics',
  'weather',
  'technology',
  'business',
  'travel',
  'recipes',
  'health',
  'movies',
  'music',
  'cars',
  'fashion',
  'gardening',
  'real estate',
  'finance',
  'stocks',
  'crime',
  'accident',
  'war',
  'games',
  'science',
  'education',
  'jobs',
  'pets',
  'kids',
  'beauty',
  'cricket',
  'tennis',
  'formula 1',
  'bücher',
  'straße',
  'кино',
  '新闻',
  'constructor',
  '__proto__',
  'tostring',
]
/** As people type them into a rule. */
export const RULE_KEYWORDS = KEYWORDS.map(
  (word, at) => [word, word.toUpperCase(), ` ${word} `][at % 7 === 3 ? 1 : at % 7 === 5 ? 2 : 0]
)

export const KEYS = [
  'section',
  'user_status',
  'topic',
  'age',
  'pagetype',
  'ab',
  'constructor',
  '__proto__',
  'hasOwnProperty',
]
export const VALUES = [
  'home',
  'article',
  'sport',
  'subscriber',
  'anonymous',
  'a',
  'b',
  'gallery',
  'video',
  'search',
  '18-24',
  '25-34',
  '35-49',
  'Home',
  '',
  'constructor',
  '__proto__',
]

/** Zones of campaigns: common ones, off the full hour, with half-hour clock changes, beyond ±12 hours, without changes. */
export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'UTC',
  'Europe/London',
  'America/Los_Angeles',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'America/Sao_Paulo',
]

/** Clock changes from 2026 on, UTC: Berlin back and forward, New York back and forward, Lord Howe both, St John's, Chatham. */
export const CLOCK_CHANGES = [
  '2026-10-25T01:00:00Z',
  '2027-03-28T01:00:00Z',
  '2026-11-01T06:00:00Z',
  '2027-03-14T07:00:00Z',
  '2026-10-03T15:30:00Z',
  '2027-04-03T15:00:00Z',
  '2026-11-01T04:30:00Z',
  '2026-09-26T14:00:00Z',
].map((instant) => Date.parse(instant))

/** Ids of segments, some of which no rule names. */
export const SEGMENTS = Array.from(
  { length: 30 },
  (_, at) => `0193e0a0-0000-7000-8000-${String(at + 1).padStart(12, '0')}`
)

/** Keys of competitive exclusion, and what ads are about. */
export const EXCLUSION_KEYS = ['cars', 'banks', 'airlines', 'beer', 'phones', 'insurance', 'energy']
export const AD_CATEGORIES = ['iab1', 'iab2', 'gambling', 'alcohol', 'politics', 'iab9']

/** Regions and cities of requests, by country. */
export const REGIONS = 'US-CA US-NY DE-BE DE-BY GB-ENG FR-IDF IN-MH BR-SP JP-13 US-TX'.split(' ')
export const CITIES = [
  'US/new york',
  'DE/berlin',
  'GB/london',
  'FR/paris',
  'IN/mumbai',
  'DE/münchen',
  'US/paris',
]
export const CONNECTIONS = ['cable_dsl', 'cellular', 'corporate', 'satellite', 'dialup'] as const
/** Zones of viewers, one of which no runtime knows. */
export const VIEWER_ZONES = [...ZONES, 'Mars/Olympus_Mons']
export const VERSIONS = [
  '17.5.1',
  '17',
  '16.7',
  '10',
  '10.0',
  '9.1',
  '14.4.2.1',
  '120.0.6099.71',
  'XP',
  '1.2.',
  '',
]
export const BOUNDS = ['17', '16.7', '10', '10.0.1', '9', '17.5', '120', '120.0.6099.71']

export const HOSTS = [
  'example.com',
  'www.example.com',
  'news.example.co.uk',
  'xn--bcher-kva.example',
  '192.0.2.1',
]
export const PATHS = [
  '/',
  '/sport',
  '/sport/golf',
  '/sports',
  '/sport/real-estate/2026',
  '/news/real%20estate-market',
  '/news/a.b/real_estate.html',
  '/NEWS/Formula-1',
  '/caf%C3%A9/%E0%A4%A',
  '/stra%C3%9Fe',
]
export const SECTIONS = ['/sport', '/news', '/sport/', '/', '/sport/golf', '/news/a.b', '/caf%C3%A9']
export const PATTERNS = [
  'example.com/*',
  '*.example.com/*',
  '*example.com/sport*',
  '*/news/*.html',
  '*/*e*t*',
  'www.example.com/sport/golf',
  '*/*',
  'xn--bcher-kva.example/*o*',
  '192.*/',
]
export const PHRASES = ['real estate', 'formula 1', 'estate market', 'sport', 'café', 'golf', 'straße', 'a b']
export const RUNNING_TEXT = ['the real estate market', 'formula  1', 'real-estate', 'realestate', 'golf']
export const CATEGORIES = ['1', '2', '30', '52', '150', '151', '483', '547', 'JLBCU7']
export const PLACES = [
  [52.52, 13.405],
  [52.39, 13.06],
  [40.71, -74.006],
  [-41.29, 174.78],
  [0, 179.99],
  [0, -179.99],
  [90, 0],
] as const
export const ADDRESSES = [
  '192.0.2.7',
  '192.0.2.200',
  '203.0.113.9',
  '2001:db8::1',
  '2001:db8:ffff::9',
  '::ffff:192.0.2.7',
  'nowhere',
]
export const NETWORKS = [
  '192.0.2.0/25',
  '192.0.2.0/24',
  '203.0.113.9/32',
  '0.0.0.0/0',
  '2001:db8::/48',
  '2001:db8::/32',
  '192.0.2.128/26',
]
export const NUMBERS = ['17', '18', '18.5', '-3', '1e3', '0x10', '100', ' 18']
