/** What the studies tree is made of. Commands get these as their argument when they are called from the tree. */
export type TreeNode =
  /** Only where the workspace has several folders. */
  | { readonly kind: 'folder'; readonly id: string; readonly path: string; readonly name: string }
  | { readonly kind: 'config'; readonly id: string; readonly path: string }
  /** A file of another program. */
  | { readonly kind: 'foreign'; readonly id: string; readonly path: string }
  /** `journal` identifies the study. */
  | { readonly kind: 'study'; readonly id: string; readonly journal: string }
  | { readonly kind: 'trial'; readonly id: string; readonly journal: string; readonly number: number }
  /** Stands for the trials that the tree does not list. */
  | { readonly kind: 'more'; readonly id: string; readonly journal: string; readonly hidden: number };

export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'id' in value;
}
