/** The demo network as data: what `demo:seed` creates. Prices in EUR; all companies are made up. */
import type { Targeting } from '#modules/campaigns/contract'

export const SIZES = {
  billboard: [970, 250],
  leaderboard: [728, 90],
  rectangle: [300, 250],
  halfpage: [300, 600],
  skyscraper: [160, 600],
  mobile: [320, 50],
} as const
export type SizeName = keyof typeof SIZES

export const PLACEMENTS: { slot: string; sizes: SizeName[]; floor: string }[] = [
  { slot: 'billboard', sizes: ['billboard'], floor: '1.20' },
  { slot: 'leaderboard', sizes: ['leaderboard'], floor: '0.40' },
  { slot: 'rectangle', sizes: ['rectangle'], floor: '0.30' },
  { slot: 'halfpage', sizes: ['halfpage', 'skyscraper'], floor: '0.60' },
  { slot: 'mobile', sizes: ['mobile'], floor: '0.20' },
]

export const PUBLISHERS = [
  { slug: 'courier', name: 'The Harbour Courier', domain: 'harbour-courier.example' },
  { slug: 'kiln', name: 'Kiln & Crumb', domain: 'kiln-and-crumb.example' },
] as const

export const ADVERTISERS = [
  {
    slug: 'nordlys',
    name: 'Nordlys Outdoor',
    alt: 'Nordlys Outdoor: sleep under the northern lights. Four-season tents.',
  },
  {
    slug: 'verano',
    name: 'Verano Air',
    alt: 'Verano Air: Lisbon before the weekend, direct from nine cities.',
  },
  {
    slug: 'lumen',
    name: 'Lumen Bikes',
    alt: 'Lumen Bikes: every hill is downhill now. Electric bikes, made to last.',
  },
  { slug: 'kopi', name: 'Kopi & Daughters', alt: 'Kopi & Daughters: roasted Monday, yours Wednesday.' },
  { slug: 'brightwell', name: 'Brightwell Bank', alt: 'Brightwell Bank: savings that explain themselves.' },
  { slug: 'mona', name: 'Atelier Mona', alt: 'Atelier Mona: chairs for long dinners, built in Ghent.' },
] as const

/** House ads of the two publishers; they need an advertiser of their own. */
export const HOUSES = [
  {
    slug: 'courier',
    name: 'The Harbour Courier (house)',
    alt: 'The Harbour Courier: three months for the price of one.',
  },
  { slug: 'kiln', name: 'Kiln & Crumb (house)', alt: 'Kiln & Crumb: one recipe, every Friday.' },
] as const

/** Site and placement names stand for ids; the seed puts them in. */
type DemoTargeting = Omit<Targeting, 'sites' | 'placements'> & {
  sites?: { include?: string[]; exclude?: string[] }
}
export type DemoLine = {
  name: string
  tier: 'sponsorship' | 'standard' | 'price_priority' | 'house'
  price?: { model: 'cpm' | 'cpc'; amount: string }
  goal?: { type: 'impressions' | 'clicks'; quantity: number }
  share?: number
  sizes: SizeName[]
  targeting?: DemoTargeting
  status?: 'active' | 'paused' | 'draft'
}
export type DemoCampaign = {
  advertiser: string
  name: string
  timeZone: string
  total?: string
  daily?: string
  days: [number, number]
  lines: DemoLine[]
}

const ALL: SizeName[] = ['billboard', 'leaderboard', 'rectangle', 'halfpage', 'skyscraper', 'mobile']
const WORKDAYS = [1, 2, 3, 4, 5]

/** `days`: start and end relative to the day of seeding. */
export const CAMPAIGNS: DemoCampaign[] = [
  {
    advertiser: 'nordlys',
    name: 'Winter tents',
    timeZone: 'Europe/Oslo',
    total: '18000',
    daily: '900',
    days: [-3, 40],
    lines: [
      {
        name: 'Front page takeover',
        tier: 'sponsorship',
        price: { model: 'cpm', amount: '9.00' },
        share: 35,
        sizes: ['billboard', 'halfpage'],
        targeting: { sites: { include: ['courier'] } },
      },
      {
        name: 'Readers of travel pages',
        tier: 'standard',
        price: { model: 'cpm', amount: '4.20' },
        goal: { type: 'impressions', quantity: 600_000 },
        sizes: ALL,
        targeting: { keywords: { include: ['travel', 'weather'] } },
      },
      {
        name: 'Nordic countries',
        tier: 'standard',
        price: { model: 'cpm', amount: '5.10' },
        goal: { type: 'impressions', quantity: 250_000 },
        sizes: ALL,
        targeting: { countries: { include: ['NO', 'SE', 'DK', 'FI', 'IS'] } },
      },
      {
        name: 'Clicks to the shop',
        tier: 'price_priority',
        price: { model: 'cpc', amount: '0.55' },
        sizes: ['rectangle', 'mobile'],
      },
    ],
  },
  {
    advertiser: 'verano',
    name: 'City breaks',
    timeZone: 'Europe/Lisbon',
    total: '25000',
    daily: '1500',
    days: [-5, 30],
    lines: [
      {
        name: 'Courier travel sponsor',
        tier: 'sponsorship',
        price: { model: 'cpm', amount: '8.50' },
        share: 25,
        sizes: ['leaderboard', 'billboard'],
        targeting: { sites: { include: ['courier'] } },
      },
      {
        name: 'Phones and tablets',
        tier: 'standard',
        price: { model: 'cpm', amount: '3.80' },
        goal: { type: 'impressions', quantity: 500_000 },
        sizes: ['mobile', 'rectangle'],
        targeting: { deviceTypes: { include: ['smartphone', 'phablet', 'tablet'] } },
      },
      {
        name: 'Southern Europe',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.90' },
        sizes: ALL,
        targeting: { countries: { include: ['ES', 'PT', 'IT', 'FR', 'GR'] } },
      },
      {
        name: 'Lunch-hour flights',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.60' },
        sizes: ['rectangle', 'halfpage'],
        targeting: { dayparts: [{ days: WORKDAYS, fromHour: 11, toHour: 15 }] },
      },
      { name: 'Run of network', tier: 'price_priority', price: { model: 'cpm', amount: '1.75' }, sizes: ALL },
    ],
  },
  {
    advertiser: 'lumen',
    name: 'Spring test rides',
    timeZone: 'Europe/Berlin',
    total: '12000',
    daily: '600',
    days: [-1, 60],
    lines: [
      {
        name: 'Desktop readers',
        tier: 'standard',
        price: { model: 'cpm', amount: '3.40' },
        goal: { type: 'impressions', quantity: 350_000 },
        sizes: ['billboard', 'leaderboard', 'halfpage', 'skyscraper', 'rectangle'],
        targeting: { deviceTypes: { include: ['desktop'] } },
      },
      {
        name: 'German speakers',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.20' },
        sizes: ALL,
        targeting: { languages: { include: ['de'] } },
      },
      {
        name: 'Test ride clicks',
        tier: 'price_priority',
        price: { model: 'cpc', amount: '0.80' },
        sizes: ['rectangle', 'halfpage'],
        targeting: { keywords: { include: ['city', 'harbour'] } },
      },
      {
        name: 'Weekend riders',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.40' },
        sizes: ALL,
        targeting: { dayparts: [{ days: [6, 7], fromHour: 8, toHour: 22 }] },
      },
    ],
  },
  {
    advertiser: 'kopi',
    name: 'Three farms',
    timeZone: 'Europe/Amsterdam',
    total: '9000',
    daily: '450',
    days: [-10, 25],
    lines: [
      {
        name: 'Kiln & Crumb sponsor',
        tier: 'sponsorship',
        price: { model: 'cpm', amount: '7.50' },
        share: 40,
        sizes: ALL,
        targeting: { sites: { include: ['kiln'] } },
      },
      {
        name: 'People who bake',
        tier: 'standard',
        price: { model: 'cpm', amount: '3.10' },
        goal: { type: 'impressions', quantity: 300_000 },
        sizes: ALL,
        targeting: { keywords: { include: ['baking', 'coffee', 'recipes'] } },
      },
      {
        name: 'Morning cup',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.80' },
        sizes: ['rectangle', 'mobile'],
        targeting: { dayparts: [{ days: [1, 2, 3, 4, 5, 6, 7], fromHour: 6, toHour: 11 }] },
      },
      {
        name: 'Not on news',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '1.40' },
        sizes: ALL,
        targeting: { keywords: { include: ['food'], exclude: ['news'] } },
      },
    ],
  },
  {
    advertiser: 'brightwell',
    name: 'Plain savings',
    timeZone: 'Europe/London',
    total: '30000',
    daily: '2000',
    days: [-7, 90],
    lines: [
      {
        name: 'United Kingdom and Ireland',
        tier: 'standard',
        price: { model: 'cpm', amount: '6.00' },
        goal: { type: 'impressions', quantity: 400_000 },
        sizes: ALL,
        targeting: { countries: { include: ['GB', 'IE'] } },
      },
      {
        name: 'Windows and Mac',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.50' },
        sizes: ['leaderboard', 'billboard', 'rectangle'],
        targeting: { operatingSystems: { include: ['Windows', 'Mac'] } },
      },
      {
        name: 'Everywhere, steady',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '1.60' },
        sizes: ALL,
      },
      {
        name: 'Next quarter',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.00' },
        sizes: ['rectangle'],
        status: 'draft',
      },
    ],
  },
  {
    advertiser: 'mona',
    name: 'Long dinners',
    timeZone: 'Europe/Brussels',
    total: '6000',
    daily: '300',
    days: [-2, 45],
    lines: [
      {
        name: 'Home and kitchen pages',
        tier: 'standard',
        price: { model: 'cpm', amount: '3.60' },
        goal: { type: 'impressions', quantity: 200_000 },
        sizes: ['rectangle', 'halfpage', 'skyscraper', 'billboard'],
        targeting: { keywords: { include: ['home', 'food'] } },
      },
      {
        name: 'Benelux evenings',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '3.00' },
        sizes: ALL,
        targeting: {
          countries: { include: ['BE', 'NL', 'LU'] },
          dayparts: [{ days: [1, 2, 3, 4, 5, 6, 7], fromHour: 18, toHour: 23 }],
        },
      },
      {
        name: 'Safari readers',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.10' },
        sizes: ALL,
        targeting: { browsers: { include: ['Safari', 'Mobile Safari'] } },
      },
      {
        name: 'Showroom, paused for stock',
        tier: 'price_priority',
        price: { model: 'cpm', amount: '2.30' },
        sizes: ['halfpage'],
        status: 'paused',
      },
    ],
  },
  {
    advertiser: 'house:courier',
    name: 'Courier subscriptions',
    timeZone: 'Europe/Copenhagen',
    days: [-30, 365],
    lines: [{ name: 'Subscribe', tier: 'house', sizes: ALL, targeting: { sites: { include: ['courier'] } } }],
  },
  {
    advertiser: 'house:kiln',
    name: 'Friday letter',
    timeZone: 'Europe/Copenhagen',
    days: [-30, 365],
    lines: [{ name: 'Newsletter', tier: 'house', sizes: ALL, targeting: { sites: { include: ['kiln'] } } }],
  },
]
