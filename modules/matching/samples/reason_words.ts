import type { NoServe } from '#modules/matching/contract'

/** What each reason means and what to change, for people. The codes are defined in contract.ts; docs/explain.md has the rules. */
export const REASON_WORDS: Readonly<Record<NoServe, { meaning: string; change: string }>> = {
  paused: {
    meaning: 'It is held at this moment.',
    change: 'Look at the state of the line item, its campaign and its advertiser.',
  },
  not_started: {
    meaning: 'It has not started.',
    change: 'Move the start; the later one of line item and campaign counts.',
  },
  ended: {
    meaning: 'It has ended.',
    change: 'Move the end; the earlier one of line item and campaign counts.',
  },
  daypart: {
    meaning: 'Now is outside its days and hours.',
    change: 'Widen the hours, and check the zone that they are meant in.',
  },
  budget_spent: {
    meaning: 'It, or its campaign, has spent its total budget, or that of the running day.',
    change: 'Raise the budget, or wait for midnight in the campaign’s zone.',
  },
  goal_reached: { meaning: 'It has delivered its goal.', change: 'Raise the goal.' },
  placement: {
    meaning: 'It does not take the placement, or the placement is idle.',
    change: 'Widen the placement targeting; activate the placement and its site.',
  },
  site: { meaning: 'It does not take the site.', change: 'Widen the site targeting.' },
  size: {
    meaning: 'None of its creatives has a size that the placement takes.',
    change: 'Add a creative in one of the placement’s sizes.',
  },
  no_creative: {
    meaning: 'No creative of it may serve now.',
    change: 'Assign an active creative with a weight above 0.',
  },
  floor: {
    meaning: 'Its eCPM is below the placement’s floor.',
    change: 'Raise the price, or lower the floor.',
  },
  publisher_block: {
    meaning: 'The publisher blocks the advertiser, its category or its landing page.',
    change: 'Ask the publisher, or choose other placements.',
  },
  country: {
    meaning: 'The request comes from another country, or from an unknown one.',
    change: 'Widen the country targeting.',
  },
  device_type: {
    meaning: 'The device is of another type, or unknown.',
    change: 'Widen the device targeting.',
  },
  os: {
    meaning: 'The operating system is another one, or unknown.',
    change: 'Widen the operating system targeting.',
  },
  browser: { meaning: 'The browser is another one, or unknown.', change: 'Widen the browser targeting.' },
  language: { meaning: 'The language is another one, or unknown.', change: 'Widen the language targeting.' },
  keywords: {
    meaning: 'The keywords of the page do not fit.',
    change: 'Widen the keywords, or check what the tag sends.',
  },
  key_values: {
    meaning:
      'The key-values of the page do not fit. Samples hold none, so this is certain for exclusions only.',
    change: 'Check the properties that the tag sends.',
  },
  segments: {
    meaning: 'The person is in none of the segments. Samples hold none.',
    change: 'Widen the segments; without a consent nobody is in any.',
  },
  region: {
    meaning: 'The request comes from another region, or from an unknown one.',
    change: 'Widen the regions; check that the geo database knows them.',
  },
  city: {
    meaning: 'The request comes from another city. Samples hold none.',
    change: 'Widen the cities; check that the geo database knows them.',
  },
  time_zone: {
    meaning: 'The viewer’s time zone is another one, or unknown.',
    change: 'Widen the time zones.',
  },
  connection_type: {
    meaning: 'The connection is of another type, or unknown.',
    change: 'Widen the connection types.',
  },
  os_version: {
    meaning: 'The version of the operating system is outside the ranges.',
    change: 'Widen the ranges.',
  },
  browser_version: {
    meaning: 'The version of the browser is outside the ranges.',
    change: 'Widen the ranges.',
  },
  section: {
    meaning: 'The page is in another section. Samples hold no pages.',
    change: 'Widen the sections.',
  },
  page_url: {
    meaning: 'The address of the page does not fit. Samples hold no pages.',
    change: 'Widen the patterns.',
  },
  phrases: {
    meaning: 'No phrase of the include is on the page. Samples hold no pages.',
    change: 'Widen the phrases.',
  },
  categories: {
    meaning: 'The page is in other categories, or in none that is known.',
    change: 'Widen the categories; give sites and requests categories.',
  },
  area: { meaning: 'The viewer is outside its areas. Samples hold no places.', change: 'Widen the areas.' },
  address: {
    meaning: 'The address is outside its networks. Samples hold none.',
    change: 'Widen the networks.',
  },
  group: {
    meaning: 'None of the alternatives of one of its groups takes the request.',
    change: 'Widen the groups.',
  },
  frequency_cap: { meaning: 'The person has seen it as often as its caps allow.', change: 'Raise the caps.' },
  competitive_exclusion: {
    meaning: 'A competitor is on the page already.',
    change: 'Remove an exclusion key, or accept it.',
  },
  roadblock: {
    meaning: 'A roadblock fills the page, or its own could not.',
    change: 'Give the roadblock creatives for all placements of the page.',
  },
  pacing: {
    meaning: 'It is held back so that its goal or daily budget lasts the day.',
    change: 'Nothing is wrong; accelerated pacing delivers as fast as it can.',
  },
  outranked: {
    meaning: 'It fits, and another line item won: by tier, price or urgency.',
    change: 'Raise the price or the tier, or accept it.',
  },
  share_of_voice: {
    meaning: 'It fits, and the draw fell on another sponsor’s share or on none.',
    change: 'Raise the share of voice.',
  },
  already_on_page: { meaning: 'It was on the page already.', change: 'Nothing is wrong.' },
}
