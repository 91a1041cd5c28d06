/** Words of the two demo publications. All made up. */
export const PUBLICATIONS = {
  courier: {
    publisher: {
      slug: 'courier',
      name: 'The Harbour Courier',
      motto: 'What the tide brought in since 1911',
      keywords: 'news,travel,harbour,city,weather',
      sections: ['Harbour', 'City', 'Weather', 'Travel', 'Culture', 'Letters'],
      other: { slug: 'kiln', name: 'Kiln & Crumb' },
    },
    lead: {
      kicker: 'Harbour',
      title: 'The last wooden ferry goes back to work, with a battery where the boiler was',
      standfirst:
        'Four winters in the dry dock, nine carpenters and a grant that nearly lapsed: on Saturday the Margarethe carries passengers again.',
      author: 'Ida Brandt',
      paragraphs: [
        'At half past six the lights along the pier go out one by one, and for a moment the only thing to be heard is the water under the planks. Then somebody on board laughs, a switch is thrown, and the Margarethe moves off without a sound. That, say the people who remember her steam whistle, is the strangest part.',
        'The hull is larch from 1923, the deck is new oak, and below it sit eleven tonnes of cells that will be charged overnight while the tariff is low. A crossing takes fourteen minutes and costs less than the coffee that most passengers hold.',
        'The harbour office expects four thousand passengers a week. The carpenters, who have promised to stop counting hours, expect to be asked about the handrail: it is one piece, bent over steam, and it took three attempts.',
      ],
    },
    articles: [
      {
        kicker: 'Weather',
        title: 'A dry week, then wind from the west',
        text: 'Fishermen move the nets on Wednesday; gardeners may wait until Friday.',
      },
      {
        kicker: 'City',
        title: 'Library stays open until ten',
        text: 'After a trial in autumn, the reading room keeps its late lamps.',
      },
      {
        kicker: 'Travel',
        title: 'Six islands by one ticket',
        text: 'The new pass covers every boat that stops at the old mole.',
      },
    ],
  },
  kiln: {
    publisher: {
      slug: 'kiln',
      name: 'Kiln & Crumb',
      motto: 'Bread, pots and the people who burn both',
      keywords: 'food,baking,coffee,home,recipes',
      sections: ['Bread', 'Pastry', 'Pottery', 'Coffee', 'Home', 'Recipes'],
      other: { slug: 'courier', name: 'The Harbour Courier' },
    },
    lead: {
      kicker: 'Bread',
      title: 'A rye that forgives you: start on Thursday, slice on Saturday',
      standfirst:
        'No stand mixer, no timetable taped to the fridge. Three bowls, one long sleep, and a crust that sings when it cools.',
      author: 'Jonas Mölder',
      paragraphs: [
        'Most rye recipes read like a railway timetable. This one was written by a potter who forgets things, and it is better for it. The sponge wants warmth but not attention; if you are four hours late it will only taste more of apples.',
        'Use a tin with high walls. Rye does not climb, it leans. Fill it to two thirds, smooth the top with a wet hand, and leave it alone until small holes appear like the first rain on sand.',
        'Bake it hot for ten minutes, then forget about it at a gentle heat for an hour. Do not cut it on the same day. We know. Do not.',
      ],
    },
    articles: [
      {
        kicker: 'Pottery',
        title: 'A glaze from wood ash and patience',
        text: 'Sieve twice, test on a tile, and write down what you did.',
      },
      {
        kicker: 'Coffee',
        title: 'Grind finer when it rains',
        text: 'Humidity is an ingredient. Two small changes make up for it.',
      },
      {
        kicker: 'Home',
        title: 'The kitchen shelf that holds',
        text: 'Oak, four screws, and a trick with a bicycle spoke.',
      },
    ],
  },
} as const

export type PublicationSlug = keyof typeof PUBLICATIONS
