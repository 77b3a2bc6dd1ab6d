/** The queue of what a node does in Odoo itself: tracing a release's orders, rolling it back. */
export const odooQueueOf = (queue: string): string => `${queue}/odoo`;

/** The key of the job that takes a version's last release back. */
export const rollBackKeyOf = ({ id, releases }: { readonly id: string; readonly releases: number }): string =>
  `${id}/roll-back-${releases}`;
