import { compatibilityFront } from '#tests/contracts/compatibility_front'

compatibilityFront({
  name: 'kevel',
  async ad({ values }, call) {
    const placement = {
      divName: 'a',
      networkId: Number(values.network),
      siteId: Number(values.site),
      adTypes: [5],
    }
    const answer = await call({ method: 'POST', path: '/api/v2', body: { placements: [placement] } })
    return ((await answer.json()) as { decisions: { a: { impressionUrl: string; clickUrl: string } } })
      .decisions.a
  },
})
