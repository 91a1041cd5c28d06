import type { MatchInput } from '#modules/matching/contract'

/**
 * What is kept of an ad request to answer questions about traffic later: only what says nothing about a person. Key-values,
 * cities, places, addresses, pages, segments and identifiers are left out on purpose.
 */
export type SampledInput = Pick<
  MatchInput,
  | 'placementId'
  | 'sizes'
  | 'country'
  | 'region'
  | 'deviceType'
  | 'os'
  | 'osVersion'
  | 'browser'
  | 'browserVersion'
  | 'language'
  | 'keywords'
  | 'categories'
  | 'timeZone'
>

export type RequestSample = { readonly atMs: number; readonly weight: number; readonly input: SampledInput }

/** Dimensions of targeting that a sample cannot answer: a line item that needs them is judged without them. */
export const NOT_SAMPLED = [
  'keyValues',
  'cities',
  'areas',
  'addresses',
  'segments',
  'pages',
  'sections',
  'phrases',
] as const

export function sampledInputOf(input: MatchInput): SampledInput {
  const { placementId, sizes, country, region, deviceType, os, osVersion, browser, browserVersion } = input
  const { language, keywords, categories, timeZone } = input
  return {
    placementId,
    sizes,
    country,
    region,
    deviceType,
    os,
    osVersion,
    browser,
    browserVersion,
    language,
    keywords,
    categories,
    timeZone,
  }
}

/** A sample as the engine takes it; draws and time are the caller's. */
export function matchInputOf(
  input: SampledInput,
  nowMs: number,
  draw: readonly [number, number]
): MatchInput {
  return { ...input, keyValues: {}, nowMs, draw, used: new Set() }
}
