import { SegmentDirectory } from '#modules/campaigns/contract'

/** Stands where no audiences are hosted: there are no segments to target. */
export class NoSegments extends SegmentDirectory {
  async existing(): Promise<ReadonlySet<string>> {
    return new Set()
  }
}
