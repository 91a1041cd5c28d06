import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { matchEngineContract } from '#tests/contracts/match_engine'
import { pageTargetingContract } from '#tests/contracts/match_engine_pages'
import { NaiveEngine } from '#tests/support/naive_engine'

matchEngineContract('compiled engine', (snapshot) => new CompiledEngine(snapshot))
matchEngineContract('naive evaluator', (snapshot) => new NaiveEngine(snapshot))
pageTargetingContract('compiled engine', (snapshot) => new CompiledEngine(snapshot))
pageTargetingContract('naive evaluator', (snapshot) => new NaiveEngine(snapshot))
