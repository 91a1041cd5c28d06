import { errors, jwtVerify, SignJWT } from 'jose'
import type { Id } from '#modules/kernel/ids'
import { isUuid } from '#modules/kernel/ids'
import { deriveKey } from '#modules/kernel/signing'

export const ACCESS_SECONDS = 15 * 60
const ALGORITHM = 'HS256'
const TYPE = 'at+jwt'
const ISSUER = 'placard'
const AUDIENCE = 'placard:management'
const LONGEST = 2000

/** What an access token says. It proves who logged in; what they may do is looked up with each request. */
export type AccessClaims = {
  readonly personId: Id<'person'>
  readonly organisationId: Id<'organisation'>
  /** The log-in it came from: logging out ends its access tokens as well. */
  readonly familyId: string
  readonly credentialsVersion: number
}

/**
 * Signs and checks access tokens: HMAC-SHA-256 under a key of their own, derived from APP_KEY. Algorithm, type, issuer
 * and audience are pinned, so a token that says `none` or names another algorithm is refused before its signature is looked at.
 * @source RFC 9068 (type `at+jwt`), RFC 8725 §3.1
 */
export class AccessTokens {
  private readonly key: Buffer
  constructor(appKey: string) {
    this.key = deriveKey(appKey, 'access-token')
  }

  sign(
    { personId, organisationId, familyId, credentialsVersion }: AccessClaims,
    nowMs: number
  ): Promise<string> {
    const now = Math.floor(nowMs / 1000)
    return new SignJWT({ org: organisationId, sid: familyId, ver: credentialsVersion })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(personId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + ACCESS_SECONDS)
      .sign(this.key)
  }

  /** Claims of a token that is ours and not expired at `nowMs`; null for anything else. */
  async read(token: string, nowMs: number): Promise<AccessClaims | null> {
    if (token.length > LONGEST) return null
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'org', 'sid', 'ver', 'iat', 'exp'],
        currentDate: new Date(nowMs),
        maxTokenAge: ACCESS_SECONDS,
      })
      const { sub, org, sid, ver } = payload
      if (!isUuid(sub) || !isUuid(org) || !isUuid(sid) || typeof ver !== 'number') return null
      return {
        personId: sub as Id<'person'>,
        organisationId: org as Id<'organisation'>,
        familyId: sid,
        credentialsVersion: ver,
      }
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null
      throw error
    }
  }
}
