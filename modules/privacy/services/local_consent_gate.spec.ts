import { test } from '@japa/runner'
import type { Id } from '#modules/kernel/ids'
import { EPOCH_MS, LocalConsentGate } from '#modules/privacy/services/local_consent_gate'

const organisation = '018f0000-0000-7000-8000-000000000001' as Id<'organisation'>
const other = '018f0000-0000-7000-8000-000000000002' as Id<'organisation'>
const gate = new LocalConsentGate('a secret of at least thirty-two characters')
const allowed = gate.decide({ gdpr: false })
const NOW = EPOCH_MS * 685 + 5

const ref = (id: string, at = NOW, of = organisation, by = gate) =>
  by.subjectRef(of, id, allowed, at)!.toString('hex')

test.group('subject reference', () => {
  test('is 16 bytes, the same for the same person through an epoch', ({ assert }) => {
    assert.lengthOf(gate.subjectRef(organisation, 'visitor-1', allowed, NOW)!, 16)
    assert.equal(ref('visitor-1'), ref('visitor-1', NOW + EPOCH_MS - 6))
  })

  test('differs by person, organisation, epoch and installation', ({ assert }) => {
    const elsewhere = new LocalConsentGate('another secret of at least thirty-two')
    const all = [
      ref('visitor-1'),
      ref('visitor-2'),
      ref('visitor-1', NOW, other),
      ref('visitor-1', NOW + EPOCH_MS),
      ref('visitor-1', NOW, organisation, elsewhere),
    ]
    assert.lengthOf([...new Set(all)], all.length)
  })

  test('a character more in the id is not a character less in the organisation', ({ assert }) => {
    assert.notEqual(ref('1x', NOW, 'a' as Id<'organisation'>), ref('x', NOW, 'a1' as Id<'organisation'>))
  })

  test('there is none where no id may be used, and none for nobody', ({ assert }) => {
    assert.isNull(gate.subjectRef(organisation, 'visitor-1', gate.decide({}), NOW))
    assert.isNull(gate.subjectRef(organisation, '', allowed, NOW))
  })

  test('is the same again after many epochs were asked for', ({ assert }) => {
    const first = ref('visitor-1')
    for (let epoch = 0; epoch < 20; epoch++) ref('visitor-1', epoch * EPOCH_MS)
    assert.equal(ref('visitor-1'), first)
  })
})
