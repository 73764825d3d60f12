import { expect, it } from 'vitest'
import { explainedList } from './explain-list.js'

const answer = {
  method: 'item-knn',
  history: ['tea', 'milk', 'soap'],
  unknown: [],
  recommendations: [
    {
      item: 'honey',
      title: 'A jar of honey',
      score: 2,
      because: [
        { item: 'tea', title: 'Green tea', drop: 1.5, place: 7 },
        { item: 'milk', title: null, drop: 0.2, place: 2 },
      ],
    },
    { item: 'bread', title: null, score: 1, because: [] },
  ],
}

it("says a recommendation's reasons in the shape of all explanations", async () => {
  const explanation = explainedList(answer)
  expect(JSON.parse(JSON.stringify(explanation.json))).toEqual({
    input: 'tea,milk,soap',
    label: 'A jar of honey',
    method: 'history',
    parts: [
      { text: 'Green tea', weight: 1.5 },
      { text: 'milk', weight: 0.2 },
      { text: 'soap', weight: 0 },
    ],
    examples: [],
    faithfulness: null,
    notes: [],
  })
  expect(explanation.text()).toMatch(/^"tea,milk,soap"\nA jar of honey, because of \(history\):/)
  expect(await explanation.section()).toContain('Green tea')
  expect(await explanation.overlay()).toBeUndefined()
})

it('explains another item of the list, and says where nothing carries it', () => {
  expect(explainedList(answer, 'bread')).toMatchObject({
    label: 'bread',
    notes: [expect.stringMatching(/many took it/)],
  })
  expect(explainedList(answer, 'rice').notes).toEqual(['"rice" is not in the list.'])
  expect(explainedList({ ...answer, recommendations: [] }).notes).toEqual(['Nothing is left to recommend.'])
})
