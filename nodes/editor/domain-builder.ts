import { ask } from './ask.ts';
import { groupPart } from './domain-rows.ts';
import { domainOf, type Group, treeOf } from './domain-tree.ts';
import type { FormNode, Widget } from './red.ts';
import { smallButton } from './small-button.ts';

/** Which server and model the domain is for, as the form says now. */
type Sources = { readonly server: () => string; readonly model: () => string };

/**
 * A builder for Odoo's domains in `container`, kept as text in the hidden `input`. It can be switched to the text itself
 * and back; "count" asks the server how many records the domain has.
 */
export function domainBuilder(node: FormNode, container: string, input: string, sources: Sources): void {
  const root: Widget = $(container).empty();
  const area: Widget = $('<div></div>').appendTo(root);
  const bar: Widget = $('<div class="planbridge-line" style="margin-top:6px"></div>').appendTo(root);
  const text = (key: string, values?: Record<string, unknown>) => node._(`editor.domain.${key}`, values);
  const kept = () => String($(input).val() ?? '');
  const keep = (domain: string) => $(input).val(domain).trigger('change');
  let asText = false;

  const mode: Widget = smallButton(text('asText'), 'fa-code', () => switchTo(!asText)).appendTo(bar);
  const counter: Widget = smallButton(text('count'), 'fa-calculator', () => count()).appendTo(bar);
  const answer: Widget = $('<span class="planbridge-answer"></span>').appendTo(bar);
  const say = (words: string, look = 'planbridge-quiet') => answer.attr('class', `planbridge-answer ${look}`).text(words);

  const showRows = (tree: Group) => {
    area.empty();
    const changed = () => {
      say('');
      const domain = domainOf(top.read());
      keep(domain.length === 0 ? '' : JSON.stringify(domain));
    };
    const top = groupPart(tree, { ...sources, text, changed });
    area.append(top.element);
  };
  const showText = () => {
    area.empty();
    $('<textarea rows="5" style="width:100%; box-sizing:border-box"></textarea>')
      .attr({ placeholder: '[["state", "=", "done"]]', 'aria-label': text('asText') })
      .val(kept())
      .appendTo(area)
      .on('change', (event: { target: Element }) => keep(String($(event.target).val())));
  };
  const switchTo = (wanted: boolean) => {
    try {
      if (wanted) showText();
      else showRows(treeOf(kept()));
      asText = wanted;
      mode.find('span').text(text(asText ? 'asRows' : 'asText'));
      say('');
    } catch (error) {
      say((error as Error).message, 'planbridge-bad');
    }
  };
  const count = () => {
    if (sources.model() === '') return say(text('noModel'), 'planbridge-bad');
    counter.prop('disabled', true);
    say(text('counting'));
    ask<{ count: number }>(`planbridge/odoo-server/${encodeURIComponent(sources.server())}/count`, {
      model: sources.model(),
      domain: kept(),
    })
      .then(
        ({ count: found }) => say(text('counted', { count: found }), 'planbridge-good'),
        (error: Error) => say(error.message, 'planbridge-bad'),
      )
      .finally(() => counter.prop('disabled', false));
  };

  switchTo(false);
  // What rows cannot show is shown as the text that it is.
  if (area.children().length === 0) switchTo(true);
}
