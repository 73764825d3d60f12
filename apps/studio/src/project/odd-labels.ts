import type { LabelKind } from '@headstart/core'
import { likelyKinds } from '@headstart/core/kit'

/** Of labels that came into a project of one label each and do not look like that, in words; undefined where all is well. */
export function oddLabels(labels: readonly string[], kind: LabelKind): string | undefined {
  const [likely] = likelyKinds(labels)
  if (kind !== 'classification' || likely === 'classification') return undefined
  const [such] = likely === 'multi-label' ? labels.filter((label) => likelyKinds([label])[0] === likely) : labels
  const [look, wanted] = likely === 'multi-label' ? ['several in one', 'several each'] : ['amounts', 'a number each']
  return `Labels such as "${such}" look like ${look}, but in this project each is a class by itself. For ${wanted} drop the same data into the studio of an empty folder.`
}
