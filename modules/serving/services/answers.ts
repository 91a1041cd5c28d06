import type { EdgeHeaders, EdgeReply } from '#modules/kernel/edge'
import { PROBLEM_TYPE, problemOf, type Problem } from '#modules/kernel/problem'
import { RETRY_AFTER_SECONDS } from '#modules/serving/limits'

/** Ads and trackers are asked for from any page, without credentials. */
export const OPEN_HEADERS: EdgeHeaders = {
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
}

/** Answers with problem details that no cache keeps. */
export function answerProblem(
  reply: EdgeReply,
  status: number,
  code: string,
  rest: Partial<Pick<Problem, 'detail' | 'field'>> = {},
  headers: EdgeHeaders = {}
): void {
  const body = JSON.stringify(problemOf(status, code, rest))
  reply.send(status, { ...OPEN_HEADERS, 'content-type': PROBLEM_TYPE, ...headers }, body)
}

/** 503 for a state that passes by itself. */
export function answerLater(reply: EdgeReply, code: string, detail: string): void {
  answerProblem(reply, 503, code, { detail }, { 'retry-after': String(RETRY_AFTER_SECONDS) })
}

/**
 * Refuses a prefetch: nothing is counted and no ad is used up. Browsers drop what is not 2xx and ask again when a
 * person comes.
 */
export function refusePrefetch(reply: EdgeReply): void {
  reply.send(503, OPEN_HEADERS, '')
}
