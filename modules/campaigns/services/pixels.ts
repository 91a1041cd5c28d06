import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import type { Query, Work } from '#modules/kernel/records/work'
import { statusJson } from '#modules/kernel/records/managed_record'
import { fixed } from '#modules/kernel/records/refusals'
import type { Transaction } from '#modules/kernel/tenancy'
import Pixel from '#modules/campaigns/models/pixel'
import { advertiserFor, advertisersOf, Demand } from '#modules/campaigns/services/demand'
import type { PixelInput } from '#modules/campaigns/validators/inputs'
import { pixelLists } from '#modules/campaigns/validators/lists'

/** 30 days: what the large networks take unless told otherwise. */
const DEFAULT_WINDOW_HOURS = 720

/** Pixels as the API makes and changes them. */
@inject()
export default class Pixels extends Demand<Pixel, PixelInput> {
  protected readonly kind = 'pixel'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = pixelLists

  protected query(trx: Transaction) {
    return Pixel.query({ client: trx })
  }
  protected blank() {
    return new Pixel()
  }
  protected scope(query: Query<Pixel>, caller: Principal) {
    const own = advertisersOf(caller)
    return own === null ? query : query.whereIn('advertiser_id', own)
  }

  protected async represent(_trx: Transaction, rows: readonly Pixel[]) {
    return rows.map((row) => ({
      id: row.id,
      advertiserId: row.advertiserId,
      name: row.name,
      windowHours: row.windowHours,
      ...statusJson(row),
    }))
  }

  protected async apply({ trx, caller }: Work<Principal, void>, row: Pixel, input: Partial<PixelInput>) {
    if (!row.$isPersisted) {
      row.merge({ advertiserId: (await advertiserFor(trx, caller, input.advertiserId!)).id })
    } else if (input.advertiserId !== undefined && input.advertiserId !== row.advertiserId) {
      throw fixed('advertiserId')
    }
    row.merge({ name: input.name ?? row.name })
    row.merge({ windowHours: input.windowHours ?? row.windowHours ?? DEFAULT_WINDOW_HOURS })
  }
}
