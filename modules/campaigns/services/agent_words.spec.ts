import { test } from '@japa/runner'
import { ProblemException } from '#modules/kernel/problem'
import type { Targeting } from '#modules/campaigns/contract'
import { canonicalAgents, closest } from '#modules/campaigns/services/agent_words'

const VOCABULARY = {
  os: ['Android', 'GNU/Linux', 'Mac', 'Windows', 'iOS', 'iPadOS'],
  browsers: ['Chrome', 'Chrome Mobile', 'Firefox', 'Microsoft Edge', 'Mobile Safari', 'Safari'],
}

test.group('families of systems and browsers', () => {
  test('come out as the vocabulary spells them, each once, everywhere', ({ assert }) => {
    const range = { family: 'SAFARI', from: '17' }
    const read = canonicalAgents(VOCABULARY, {
      countries: { include: ['DE'] },
      operatingSystems: { include: ['ios', 'IOS', 'gnu/linux'], exclude: ['windows'] },
      browsers: { exclude: ['mobile safari'] },
      browserVersions: { include: [range] },
      groups: [{ anyOf: [{ operatingSystems: { include: ['MAC'] } }, { languages: { include: ['de'] } }] }],
    })
    assert.deepEqual(read, {
      countries: { include: ['DE'] },
      operatingSystems: { include: ['iOS', 'GNU/Linux'], exclude: ['Windows'] },
      browsers: { exclude: ['Mobile Safari'] },
      browserVersions: { include: [{ family: 'Safari', from: '17' }] },
      groups: [{ anyOf: [{ operatingSystems: { include: ['Mac'] } }, { languages: { include: ['de'] } }] }],
    })
    assert.deepEqual(canonicalAgents(VOCABULARY, {}), {})
  })

  test('{field} is refused, and {hint} is proposed')
    .with<{ targeting: Targeting; field: string; hint: string }[]>([
      {
        targeting: { operatingSystems: { include: ['x'] } },
        field: 'operatingSystems.include.0',
        hint: 'iOS',
      },
      {
        targeting: { operatingSystems: { include: ['iOS'], exclude: ['Mac', 'Windos'] } },
        field: 'operatingSystems.exclude.1',
        hint: 'Windows',
      },
      { targeting: { browsers: { include: ['Edge'] } }, field: 'browsers.include.0', hint: 'Microsoft Edge' },
      {
        targeting: { osVersions: { include: [{ family: 'iOSX', from: '1' }] } },
        field: 'osVersions.include.0.family',
        hint: 'iOS',
      },
      {
        targeting: { groups: [{ anyOf: [{}, { browsers: { include: ['Firefix'] } }] }] },
        field: 'groups.0.anyOf.1.browsers.include.0',
        hint: 'Firefox',
      },
    ])
    .run(({ assert }, { targeting, field, hint }) => {
      try {
        canonicalAgents(VOCABULARY, targeting)
        assert.fail('was accepted')
      } catch (error) {
        if (!(error instanceof ProblemException)) throw error
        assert.equal(error.status, 422)
        assert.include(error.message, `targeting.${field}`)
        assert.include(error.message, hint)
      }
    })

  test('one that is included and excluded in two spellings is refused', ({ assert }) => {
    const rule = { include: ['Mac', 'ios'], exclude: ['iOS'] }
    const detail = /targeting\.operatingSystems\.include\.1 .* not both/
    assert.throws(() => canonicalAgents(VOCABULARY, { operatingSystems: rule }), detail)
  })

  test('a plugin that does not tell its names takes any', ({ assert }) => {
    const any = { operatingSystems: { include: ['x'] }, browsers: { include: ['X', 'x'] } }
    assert.deepEqual(canonicalAgents({ os: [], browsers: [] }, any), any)
  })

  test('the longest word against the longest list is told within a blink', ({ assert }) => {
    const names = Array.from({ length: 1000 }, (_, at) => `Browser ${at} of a long name`)
    const started = performance.now()
    assert.lengthOf(closest('z'.repeat(100), names), 3)
    assert.isBelow(performance.now() - started, 500)
  })
})
