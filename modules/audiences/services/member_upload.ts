import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { recordAudit } from '#modules/kernel/audit'
import { conflict } from '#modules/kernel/http/failures'
import { archived, notFound } from '#modules/kernel/records/refusals'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock, DAY_MS } from '#modules/kernel/time'
import { ConsentGate } from '#modules/privacy/contract'
import Segment from '#modules/audiences/models/segment'
import * as members from '#modules/audiences/services/member_rows'
import { idsOf, type FileFormat, type IdForm } from '#modules/audiences/services/member_file'
import { uploadRefs } from '#modules/audiences/services/references'
import { MAX_DAYS } from '#modules/audiences/validators/segment'

/** People written at a time. */
const PEOPLE_PER_WRITE = 5_000
const SHA256_BYTES = 32
/** Rows of one organisation: what its table in memory is bounded by, 160 MB of a process at most. */
export const MAX_MEMBERS = 5_000_000
export type UploadMode = 'add' | 'remove' | 'replace'
export type Upload = {
  readonly mode: UploadMode
  readonly form: IdForm
  readonly format: FileFormat
  readonly stream: AsyncIterable<Buffer>
}

/** Takes files of ids into a segment, whole or not at all. */
@inject()
export default class MemberUpload {
  constructor(
    private tenancy: Tenancy,
    private clock: Clock,
    private gate: ConsentGate
  ) {}

  /**
   * Reads the whole file before the transaction begins, so that a slow client holds up nobody.
   * @returns how many lines held an id, the same one twice counted twice
   */
  async take(caller: Principal, segmentId: string, upload: Upload): Promise<{ lines: number }> {
    const { organisationId } = caller
    const { mode } = upload
    const ids = await collect(upload)
    const lines = ids.reduce((sum, part) => sum + part.length / SHA256_BYTES, 0)
    return this.tenancy.transaction(organisationId, async (trx) => {
      const segment = caller.parties === null ? await Segment.find(segmentId, { client: trx }) : null
      if (!segment) throw notFound('segment')
      if (segment.status === 'archived') throw archived('segment')
      const version = await members.nextVersion(trx, organisationId)
      for (const part of ids) await this.write(trx, segment, mode, part, version)
      const now = this.clock.now()
      if (mode === 'replace') await members.endOthers(trx, organisationId, segmentId, version, now)
      if (mode !== 'remove') await refuseTooMany(trx)
      const after = { mode, lines }
      const entry = {
        action: 'segment.uploaded',
        objectType: 'segment',
        objectId: segmentId,
        before: null,
        after,
      }
      await recordAudit(trx, 'audiences', caller, [entry], now)
      return { lines }
    })
  }

  private async write(
    trx: Transaction,
    { id: segmentId, organisationId, expiresAfterDays }: Segment,
    mode: UploadMode,
    part: Buffer,
    version: string
  ): Promise<void> {
    const now = this.clock.now()
    // Who leaves does so in every epoch that the person may ever have joined for.
    const until = now + (mode === 'remove' ? MAX_DAYS : expiresAfterDays) * DAY_MS
    const ids = new Set<string>()
    for (let at = 0; at < part.length; at += SHA256_BYTES) {
      ids.add(part.toString('hex', at, at + SHA256_BYTES))
    }
    const rows = [...ids].flatMap((id) =>
      uploadRefs(this.gate, organisationId, id, now, until).map((ref) => ({ ...ref, segmentId }))
    )
    if (mode !== 'remove') return members.addMembers(trx, organisationId, rows, version)
    const refs = rows.map(({ ref }) => ref)
    await members.endMembers(trx, organisationId, segmentId, refs, version, now)
  }
}

/** Digests end to end, in parts of so many as are written at a time: 32 MB for the largest file. */
async function collect({ stream, format, form }: Upload): Promise<Buffer[]> {
  const parts: Buffer[] = []
  let part: string[] = []
  const close = () => {
    parts.push(Buffer.from(part.join(''), 'hex'))
    part = []
  }
  for await (const id of idsOf(stream, format, form)) {
    part.push(id)
    if (part.length === PEOPLE_PER_WRITE) close()
  }
  if (part.length > 0) close()
  return parts
}

async function refuseTooMany(trx: Transaction): Promise<void> {
  const { rows } = (await trx.rawQuery(
    'select count(*)::int as rows from (select from audiences_members limit ?) as counted',
    [MAX_MEMBERS + 1]
  )) as { rows: { rows: number }[] }
  if (rows[0]!.rows <= MAX_MEMBERS) return
  throw conflict(
    'E_AUDIENCE_FULL',
    `An organisation may keep at most ${MAX_MEMBERS} references of people; let segments expire sooner.`
  )
}
