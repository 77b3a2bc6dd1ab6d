import { ask } from './ask.ts';
import type { FormNode, Widget } from './red.ts';

type Answering = { readonly state: string; readonly failures: number; readonly openUntil?: number; readonly error?: string };

/** Says how the server has been answering, where it did not answer of late. */
export function showBreaker(place: Widget, node: FormNode): void {
  ask<Answering>(`planbridge/odoo-server/${node.id}/breaker`).then(
    ({ state, failures, openUntil = 0, error = '' }) => {
      if (failures === 0) return;
      const until = new Date(openUntil).toLocaleTimeString();
      place.addClass('planbridge-bad').text(node._(`odoo-server.breaker.${state}`, { failures, until, error }));
    },
    // Not deployed yet, or no store is: there is nothing to tell.
    () => {},
  );
}
