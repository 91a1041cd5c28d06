import { FACT_KIND, type SettledFact, type SettledFacts } from '#modules/events/contract'
import type { Campaigns } from '#modules/campaigns/contract'
import type { Cursors } from '#modules/kernel/cursors'
import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import { DAY_MS, type Clock } from '#modules/kernel/time'
import { SUBJECT_EPOCH_MS } from '#modules/privacy/contract'
import type { EntryEvent, SegmentEntry } from '#modules/audiences/contract'
import { addMembers, nextVersion, type MemberRow } from '#modules/audiences/services/member_rows'
import { epochAt } from '#modules/audiences/services/references'

/** About 100 ms of work, so that a stop never waits long and a transaction stays small. */
const FACTS_PER_PAGE = 10_000
const EVENT: ReadonlyMap<number, EntryEvent> = new Map([
  [FACT_KIND.request, 'visited'],
  [FACT_KIND.impression, 'seen'],
  [FACT_KIND.click, 'clicked'],
  [FACT_KIND.conversion, 'converted'],
])

type Segment = {
  readonly id: string
  readonly expires_after_days: number
  readonly rule: SegmentEntry | null
}
/** Segments by what lets people in: event and id. */
type Doors = ReadonlyMap<string, readonly Segment[]>

/**
 * Lets people into segments by what they did: reads settled facts in order, and commits who joined with its cursor.
 * Only facts that carry a reference count, hence those of people whose consent allows an id. A reference lasts as long as
 * its epoch, and so does a membership that came from one, at most.
 */
export class AdmitPeople {
  constructor(
    private readonly settled: SettledFacts,
    private readonly cursors: Cursors,
    private readonly tenancy: Tenancy,
    private readonly campaigns: Campaigns,
    private readonly clock: Clock,
    private readonly factsPerPage = FACTS_PER_PAGE
  ) {}

  /** Takes in all that is settled now. @returns number of facts looked at by this call */
  async run(): Promise<number> {
    for (let taken = 0; ;) {
      const from = await this.cursors.position('audiences')
      const facts = await this.settled.after(from, this.factsPerPage)
      const last = facts.at(-1)
      if (!last) return taken
      const rows = await this.admitted(facts)
      const mine = await this.cursors.advance('audiences', { from, to: last.seq }, async (trx) => {
        for (const [organisationId, joined] of rows) {
          const version = await nextVersion(trx, organisationId)
          await addMembers(trx, organisationId, joined, version)
        }
      })
      if (mine) taken += facts.length
    }
  }

  /** Who joins what, by organisation in the order of ids, so that two runs never wait for each other. */
  private async admitted(facts: readonly SettledFact[]): Promise<Map<Id<'organisation'>, MemberRow[]>> {
    const byOrganisation = new Map<Id<'organisation'>, SettledFact[]>()
    for (const fact of facts) {
      if (!fact.subjectRef || fact.filter !== null) continue
      const list = byOrganisation.get(fact.organisationId)
      if (list) list.push(fact)
      else byOrganisation.set(fact.organisationId, [fact])
    }
    const admitted = new Map<Id<'organisation'>, MemberRow[]>()
    for (const id of [...byOrganisation.keys()].sort()) {
      const rows = await this.joined(id, byOrganisation.get(id)!)
      if (rows.length > 0) admitted.set(id, rows)
    }
    return admitted
  }

  private async joined(
    organisationId: Id<'organisation'>,
    facts: readonly SettledFact[]
  ): Promise<MemberRow[]> {
    const segments = await this.tenancy.transaction(organisationId, (trx) => activeSegments(trx))
    if (segments.length === 0) return []
    const doors = doorsOf(segments)
    const own = new Set(segments.map(({ id }) => id))
    const lines = await this.campaigns.lineItemsOf(organisationId, {})
    const campaignOf = new Map(lines.map((line) => [line.id as string, line.campaignId as string]))
    const rows = new Map<string, MemberRow>()
    for (const fact of facts) {
      const entered = enteredBy(fact, doors, campaignOf)
      const visited =
        fact.kind === FACT_KIND.visit && own.has(fact.placementId)
          ? segments.filter(({ id }) => id === fact.placementId)
          : []
      for (const segment of [...entered, ...visited]) {
        const row = rowOf(segment, fact)
        const key = `${row.segmentId}|${row.ref.toString('hex')}`
        const before = rows.get(key)
        if (row.expiresAt > this.clock.now() && (!before || before.expiresAt < row.expiresAt)) {
          rows.set(key, row)
        }
      }
    }
    return [...rows.values()]
  }
}

async function activeSegments(trx: Transaction): Promise<Segment[]> {
  return (await trx
    .from('audiences_segments')
    .where('status', 'active')
    .select('id', 'expires_after_days', 'rule')) as Segment[]
}

function doorsOf(segments: readonly Segment[]): Doors {
  const doors = new Map<string, Segment[]>()
  for (const segment of segments) {
    for (const id of segment.rule?.ids ?? []) {
      const key = `${segment.rule!.event}|${id}`
      doors.set(key, [...(doors.get(key) ?? []), segment])
    }
  }
  return doors
}

function enteredBy(
  fact: SettledFact,
  doors: Doors,
  campaignOf: ReadonlyMap<string, string>
): readonly Segment[] {
  const event = EVENT.get(fact.kind)
  if (event === undefined) return []
  if (event === 'visited') return doors.get(`visited|${fact.placementId}`) ?? []
  const { lineItemId } = fact
  if (lineItemId === null) return []
  const campaign = campaignOf.get(lineItemId)
  return [...(doors.get(`${event}|${lineItemId}`) ?? []), ...(doors.get(`${event}|${campaign}`) ?? [])]
}

/** The reference is of the ad's epoch: of the id's time, but for conversions, whose ad may be of an earlier one. */
function rowOf(segment: Segment, fact: SettledFact): MemberRow {
  const epoch = epochAt(fact.receivedAt)
  const expiresAt = Math.min(
    fact.receivedAt + segment.expires_after_days * DAY_MS,
    (epoch + 1) * SUBJECT_EPOCH_MS
  )
  return { segmentId: segment.id, ref: fact.subjectRef!, epoch, expiresAt }
}
