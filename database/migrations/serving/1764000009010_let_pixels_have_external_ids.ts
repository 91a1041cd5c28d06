import { BaseSchema } from '@adonisjs/lucid/schema'

const BEFORE = `'organisation','publisher','site','placement','ad_type','advertiser','campaign','line_item','creative'`

export default class extends BaseSchema {
  override async up() {
    this.allow(`${BEFORE},'pixel'`)
  }
  override async down() {
    this.schema.raw(`delete from serving_external_ids where kind = 'pixel'`)
    this.allow(BEFORE)
  }

  private allow(kinds: string): void {
    this.schema.raw('alter table serving_external_ids drop constraint serving_external_ids_kind_check')
    this.schema.raw(
      `alter table serving_external_ids add constraint serving_external_ids_kind_check check (kind in (${kinds}))`
    )
  }
}
