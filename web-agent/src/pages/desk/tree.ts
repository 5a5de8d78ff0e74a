// The disposition tree as a list to type at. Pure.

import type { DispositionNode } from "../../api";

export type Leaf = DispositionNode & { parent: DispositionNode | null };

/** What is offered in a queue; a branch without a leaf left goes too. */
export function forQueue(tree: DispositionNode[], queue: string | null): DispositionNode[] {
  const here = (node: DispositionNode) => node.queues.length === 0 || (queue !== null && node.queues.includes(queue));
  return tree.filter(here).flatMap((node) => {
    const children = node.children.filter(here);
    return node.children.length > 0 && children.length === 0 ? [] : [{ ...node, children }];
  });
}

export function leavesOf(tree: DispositionNode[]): Leaf[] {
  return tree.flatMap((node): Leaf[] =>
    node.children.length === 0
      ? [{ ...node, parent: null }]
      : node.children.map((child) => ({ ...child, parent: node })),
  );
}

/** Leaves whose words hold every part typed, in the order of the tree. */
export function findLeaves(leaves: Leaf[], typed: string): Leaf[] {
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const words = (leaf: Leaf) =>
    [leaf.nameZh, leaf.nameEn, leaf.parent?.nameZh, leaf.parent?.nameEn].filter(Boolean).join(" ").toLowerCase();
  return leaves.filter((leaf) => parts.every((part) => words(leaf).includes(part)));
}

/** The five to offer on digits: most used here first, then the first of the tree. */
export function topFive(leaves: Leaf[], used: Record<string, number>): Leaf[] {
  return leaves
    .map((leaf, at) => ({ leaf, at, n: used[leaf.id] ?? 0 }))
    .sort((a, b) => b.n - a.n || a.at - b.at)
    .slice(0, 5)
    .map((one) => one.leaf);
}

export const toggled = (chosen: string[], id: string): string[] =>
  chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
