import type { Env } from '../env.ts';

/** The notice that replenishing one reordering rule answers: a link to the order that it made. */
export function orderNotice(env: Env, orderpoint: number): unknown {
  const [production] = env.search('mrp.production', [['orderpoint_id', '=', orderpoint]], {
    order: 'write_date desc, id desc',
    limit: 1,
  });
  const [line] = env.search('purchase.order.line', [['orderpoint_id', '=', orderpoint]], {
    order: 'write_date desc, id desc',
    limit: 1,
  });
  const order = line === undefined ? undefined : env.id('purchase.order.line', line, 'order_id');
  const model = order === undefined ? 'mrp.production' : 'purchase.order';
  const id = order ?? production;
  if (id === undefined) return false;
  const url = env.version === 14 ? `#id=${id}&model=${model}` : `/odoo/${model}/${id}`;
  return {
    type: 'ir.actions.client',
    tag: 'display_notification',
    params: {
      title: 'The following replenishment order has been generated',
      message: '%s',
      links: [{ label: env.displayName(model, id), url }],
      sticky: false,
      ...(env.version === 19 ? { next: { type: 'ir.actions.act_window_close' } } : {}),
    },
  };
}
