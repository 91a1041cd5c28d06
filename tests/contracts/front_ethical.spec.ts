import { compatibilityFront } from '#tests/contracts/compatibility_front'

compatibilityFront({
  name: 'ethical',
  async ad({ values }, call) {
    const query = { publisher: values.slug!, ad_types: 'image-v1', div_ids: 'ad', format: 'json' }
    const answer = await call({ method: 'GET', path: '/api/v1/decision/', query })
    const { view_url: impressionUrl, link: clickUrl } = (await answer.json()) as {
      view_url: string
      link: string
    }
    return { impressionUrl, clickUrl }
  },
})
