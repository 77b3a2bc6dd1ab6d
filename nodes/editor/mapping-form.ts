import { CANONICAL_RECORDS } from './canonical-records.ts';
import { completeFieldOr, completeFields, completeFrom, completeModel } from './completion.ts';
import { mappingRow } from './mapping-row.ts';
import {
  columnsOf,
  type MappingSource,
  namesOf,
  namesText,
  type Row,
  readMapping,
  valueAt,
  withValueAt,
  writeMapping,
} from './mapping-source.ts';
import type { CodeEditor, FormNode, Widget } from './red.ts';
import { recordsOfSample } from './sample.ts';

/** The editor of a mapping: what the node's form may do with it. */
export type MappingForm = {
  /** The mapping's JSON as it stands now. */
  text(): string;
  /** Shows another mapping. */
  show(text: string): void;
  /** Ends it, keeping its JSON in the form's field where it is to be saved. */
  close(save: boolean): void;
};

/**
 * A mapping as rows and fields, or as the JSON that it is, in the part of the form that `#planbridge-mapping` holds. Its
 * JSON is kept in `#node-input-mapping`; inputs with `data-path` show one value of it, or names with `data-names`.
 */
export function mappingForm(node: FormNode, server: () => string): MappingForm {
  const text = (key: string) => node._(`canonical-map.${key}`);
  const field: Widget = $('#node-input-mapping');
  const list: Widget = $('#planbridge-rows');
  const fault: Widget = $('#planbridge-mapping-fault');
  const readers = new Map<Element, () => Row>();
  let mapping: MappingSource = readMapping('');
  let editor: CodeEditor | undefined;
  let filling = false;

  const keep = (made: MappingSource) => {
    mapping = made;
    field.val(writeMapping(made)).trigger('change');
  };
  const changed = () => {
    if (filling) return;
    try {
      const rows: Row[] = [];
      list.editableList('items').each((_: number, item: Widget) => {
        const read = readers.get($(item)[0] as Element);
        if (read) rows.push(read());
      });
      keep({ ...mapping, rows });
      fault.text('');
    } catch (error) {
      fault.text((error as Error).message);
    }
  };
  const target = () => String(valueAt(mapping, 'target.model') ?? '');
  const fields = () => (CANONICAL_RECORDS[String(mapping.to)] ?? []).map((value) => ({ value, text: String(mapping.to) }));
  const completeField = (input: Widget) => completeFieldOr(input, server, target, fields);
  const columns = () => {
    try {
      return [...new Set(recordsOfSample(String($('#node-input-sample').val())).flatMap(Object.keys))];
    } catch {
      return columnsOf(mapping);
    }
  };

  list.editableList({
    height: 'auto',
    scrollOnAdd: false,
    addButton: text('row.add'),
    sortable: true,
    removable: true,
    addItem(item: Widget, _index: number, row: Row) {
      readers.set(item[0] as Element, mappingRow(item, row, { server, text, changed, completeField, columns }));
    },
    removeItem: changed,
    sortItems: changed,
  });
  $('#planbridge-mapping [data-path]').on('change', function (this: Element) {
    const value = String($(this).val()).trim();
    const path = this.getAttribute('data-path') ?? '';
    const number = path === 'version' && /^\d+$/.test(value) ? Number(value) : value || undefined;
    const names = this.getAttribute('data-names');
    keep(withValueAt(mapping, path, names === 'list' ? [namesOf(value) ?? []].flat() : names ? namesOf(value) : number));
  });
  completeFrom($('#planbridge-mapping-to'), () =>
    Object.entries(CANONICAL_RECORDS).map(([value, names]) => ({ value, text: names.join(', ') })),
  );
  completeModel($('#planbridge-target-model'), server);
  completeFields($('#planbridge-target-keys'), server, target);

  const showFields = (source: string) => {
    mapping = readMapping(source);
    filling = true;
    readers.clear();
    list.editableList('empty');
    list.editableList('addItems', [...mapping.rows]);
    $('#planbridge-mapping [data-path]').each(function (this: Element) {
      $(this).val(namesText(valueAt(mapping, this.getAttribute('data-path') ?? '')));
    });
    $('#planbridge-mapping details').each(function (this: Element) {
      $(this).prop('open', valueAt(mapping, this.getAttribute('data-part') ?? '') !== undefined);
    });
    filling = false;
  };
  const asText = (source: string) => {
    $('#planbridge-mapping').hide();
    $('#planbridge-mapping-text').show();
    $('#planbridge-mapping-mode').text(text('label.asRows'));
    editor = RED.editor.createEditor({ id: 'planbridge-mapping-text', mode: 'ace/mode/json', value: source });
  };
  const asRows = (source: string) => {
    showFields(source);
    editor?.destroy();
    editor = undefined;
    $('#planbridge-mapping').show();
    $('#planbridge-mapping-text').hide();
    $('#planbridge-mapping-mode').text(text('label.asText'));
  };
  const current = () => editor?.getValue() ?? String(field.val());
  const show = (source: string) => {
    fault.text('');
    try {
      asRows(source);
    } catch (error) {
      fault.text((error as Error).message);
      if (!editor) asText(source);
    }
  };
  $('#planbridge-mapping-mode').on('click', () => {
    if (editor) {
      field.val(editor.getValue()).trigger('change');
      show(editor.getValue());
    } else asText(String(field.val()) || writeMapping(mapping));
  });
  show(String(field.val()));

  return {
    text: current,
    show(source) {
      field.val(source).trigger('change');
      show(source);
    },
    close(save) {
      if (save) field.val(current());
      editor?.destroy();
    },
  };
}
