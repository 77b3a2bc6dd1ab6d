import { ask } from './ask.ts';
import { completeFields } from './completion.ts';
import { type DomainTree, domainOf, type Group, OPERATORS, textOf, treeOf, typedValue } from './domain-tree.ts';
import type { FormNode, Widget } from './red.ts';

type Sources = { readonly server: () => string; readonly model: () => string };

/**
 * A builder for Odoo's domains in `container`, kept in the hidden `input` as JSON. It can be switched to the JSON itself
 * and back; "count" asks the server how many records the domain has.
 */
export function domainBuilder(node: FormNode, container: string, input: string, sources: Sources): void {
  const root: Widget = $(container).empty();
  const bar: Widget = $('<div class="planbridge-bar"></div>').appendTo(root);
  const area: Widget = $('<div></div>').appendTo(root);
  const text = (key: string, values?: Record<string, unknown>) => node._(`editor.domain.${key}`, values);
  const button = (key: string) =>
    $('<button type="button" class="red-ui-button red-ui-button-small"></button>')
      .text(text(key))
      .css('margin-right', '6px')
      .appendTo(bar);
  const mode: Widget = button('asJson');
  const counter: Widget = button('count');
  const answer: Widget = $('<span></span>').appendTo(bar);
  let read: () => unknown[];

  const keep = () => $(input).val(JSON.stringify(read()));
  const showBuilder = (tree: Group) => {
    area.empty();
    const top = groupEditor(tree, true);
    area.append(top.element);
    read = () => domainOf(top.read());
    area.on('change.planbridge', keep);
    mode.text(text('asJson')).data('json', false);
  };
  const showJson = (value: string) => {
    area.empty().off('change.planbridge');
    const box: Widget = $('<textarea rows="4" style="width:100%;font-family:monospace"></textarea>').val(value).appendTo(area);
    read = () => JSON.parse(box.val() || '[]') as unknown[];
    box.on('change', () => $(input).val(box.val()));
    mode.text(text('asBuilder')).data('json', true);
  };

  mode.on('click', () => {
    if (!mode.data('json')) return showJson(String($(input).val()));
    try {
      showBuilder(treeOf(read()));
    } catch (error) {
      answer.text((error as Error).message);
    }
  });
  counter.on('click', () => {
    answer.text('…');
    ask<{ count: number }>(`planbridge/odoo-server/${sources.server()}/count`, {
      model: sources.model(),
      domain: $(input).val(),
    }).then(
      ({ count }) => answer.text(text('counted', { count })),
      (error: Error) => answer.text(error.message),
    );
  });
  try {
    showBuilder(treeOf(JSON.parse(String($(input).val() || '[]'))));
  } catch {
    // Python's notation, or an environment variable: the builder cannot show it, the runtime can read it.
    showJson(String($(input).val()));
  }

  function itemEditor(item: DomainTree, remove: () => void): { element: Widget; read: () => DomainTree } {
    const row: Widget = $('<div style="display:flex;gap:4px;margin:4px 0;align-items:flex-start"></div>');
    const inner = item.kind === 'group' ? groupEditor(item, false) : conditionEditor(item);
    row.append(inner.element.css('flex', '1'));
    $('<button type="button" class="red-ui-button red-ui-button-small"><i class="fa fa-remove"></i></button>')
      .attr('title', text('remove'))
      .appendTo(row)
      .on('click', () => {
        row.remove();
        remove();
        keep();
      });
    return { element: row, read: inner.read };
  }

  function conditionEditor(item: Extract<DomainTree, { kind: 'condition' }>): { element: Widget; read: () => DomainTree } {
    const element: Widget = $('<div style="display:flex;gap:4px"></div>');
    const field: Widget = $('<input type="text" style="width:40%">')
      .val(item.field)
      .attr('placeholder', text('field'))
      .appendTo(element);
    const operator: Widget = $('<select style="width:22%"></select>').appendTo(element);
    for (const name of new Set([...OPERATORS, item.operator])) operator.append($('<option></option>').val(name).text(name));
    operator.val(item.operator);
    const value: Widget = $('<input type="text" style="width:36%">')
      .val(textOf(item.value))
      .attr('placeholder', text('value'))
      .appendTo(element);
    setTimeout(() => completeFields(field, sources.server, sources.model, false));
    return {
      element,
      read: () => ({
        kind: 'condition',
        field: String(field.val()),
        operator: String(operator.val()),
        value: typedValue(String(value.val()), String(operator.val())),
      }),
    };
  }

  function groupEditor(group: Group, top: boolean): { element: Widget; read: () => Group } {
    const element: Widget = $('<div></div>').css(
      top ? {} : { borderLeft: '3px solid var(--red-ui-form-input-border-color)', paddingLeft: '6px' },
    );
    const join: Widget = $('<select style="width:auto"></select>').appendTo(element);
    for (const kind of ['and', 'or', 'not'] as const) join.append($('<option></option>').val(kind).text(text(kind)));
    join.val(group.join);
    const list: Widget = $('<div></div>').appendTo(element);
    const editors = new Set<{ read: () => DomainTree }>();
    const add = (item: DomainTree) => {
      const editor = itemEditor(item, () => editors.delete(editor));
      editors.add(editor);
      list.append(editor.element);
    };
    for (const item of group.items) add(item);
    const more = (key: string, item: DomainTree) =>
      $('<button type="button" class="red-ui-button red-ui-button-small"></button>')
        .text(text(key))
        .css('margin-right', '4px')
        .appendTo(element)
        .on('click', () => {
          add(item);
          keep();
        });
    more('addCondition', { kind: 'condition', field: '', operator: '=', value: '' });
    more('addGroup', { kind: 'group', join: 'or', items: [] });
    return {
      element,
      read: () => ({ kind: 'group', join: join.val() as Group['join'], items: [...editors].map((editor) => editor.read()) }),
    };
  }
}
