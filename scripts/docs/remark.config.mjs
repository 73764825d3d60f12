/** Links of all Markdown of the workspace: relative files and headings. What lies on the network is not asked for. */
import remarkValidateLinks from 'remark-validate-links'

/** Anchors that are written as HTML, as in tables of docs/api, are places to link to as headings are. */
function htmlAnchors() {
  return function mark(node) {
    const id = node.type === 'html' && /^<a id="([^"]+)">/.exec(node.value)?.[1]
    if (id) node.data = { ...node.data, id }
    for (const child of node.children ?? []) mark(child)
  }
}

export default { plugins: [htmlAnchors, [remarkValidateLinks, { repository: false }]] }
