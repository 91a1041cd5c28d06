import { FactClassifier, type Fact, type FilterReason } from '#modules/events/contract'

/** What a process found when the fact came in stands; in force until the app plugs in fraud's classifier. */
export class FilterStands extends FactClassifier {
  classify(fact: Fact): FilterReason | null {
    return fact.filter
  }
}
