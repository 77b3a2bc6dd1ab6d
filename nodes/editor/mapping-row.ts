import { namesOf, namesText, type Row } from './mapping-source.ts';
import { shortStep, stepOf, writtenStep } from './mapping-steps.ts';
import type { Widget } from './red.ts';
import { smallButton } from './small-button.ts';
import { type StepSurroundings, stepList } from './step-list.ts';

/** What a row needs of the form around it. */
export type RowSurroundings = StepSurroundings & {
  /** Makes the input of the field suggest names. */
  readonly completeField: (input: Widget) => void;
  /** Columns that there are. */
  readonly columns: () => readonly string[];
};

/** A constant's kind by what it is; `column` stands for no constant. */
const KINDS: Readonly<Record<string, string>> = { string: 'str', number: 'num', boolean: 'bool' };

/**
 * One row of a mapping in `element`: field and column in a line, and what is done to the value folded below it. Answers
 * how the row reads now; throws an Error in words where an option cannot be read.
 */
export function mappingRow(element: Widget, row: Row, around: RowSurroundings): () => Row {
  const { text, changed } = around;
  const isNew = row.to === undefined;
  const line: Widget = $('<div class="planbridge-line"></div>').appendTo(element);
  const to: Widget = $('<input type="text" class="planbridge-to">')
    .attr({ placeholder: text('row.to'), 'aria-label': text('row.to') })
    .val(namesText(row.to))
    .appendTo(line);
  $('<span class="planbridge-quiet">←</span>').appendTo(line);
  const source = typedValueInput(line, 'planbridge-from', [
    {
      value: 'column',
      label: text('row.column'),
      icon: 'fa fa-columns',
      autoComplete: (typed: string) => matches(around, typed),
    },
    'str',
    'num',
    'bool',
    { value: 'nothing', label: text('row.nothing'), hasValue: false },
  ]);
  const constant = row.constant;
  if (constant === undefined) source.typedInput('type', 'column').typedInput('value', namesText(row.from));
  else if (constant === null) source.typedInput('type', 'nothing');
  else source.typedInput('type', KINDS[typeof constant]).typedInput('value', String(constant));
  around.completeField(to);

  const fold: Widget = smallButton('', 'fa-angle-down', () => open(!folded.is(':visible'))).appendTo(line);
  fold.attr({ title: text('row.more'), 'aria-label': text('row.more') });
  const summary: Widget = $('<div class="planbridge-quiet planbridge-summary"></div>').appendTo(element);
  const folded: Widget = $('<div class="planbridge-nested"></div>').appendTo(element);
  const steps = stepList(folded, (row.transforms ?? []).map(stepOf), { ...around, changed: () => update() });
  const last: Widget = $('<div class="planbridge-line" style="margin-top:6px"></div>').appendTo(folded);
  const flag = (name: string, on: boolean | undefined) => {
    const box: Widget = $('<input type="checkbox">')
      .addClass(`planbridge-${name}`)
      .prop('checked', on === true);
    $('<label></label>')
      .append(box, document.createTextNode(text(`row.${name}`)))
      .attr('title', text(`row.${name}Tip`))
      .appendTo(last);
    return box;
  };
  const required = flag('required', row.required);
  const ifEmpty = flag('ifEmpty', row.ifEmpty);
  $('<label></label>').text(text('row.default')).appendTo(last);
  const standard = typedValueInput(last, 'planbridge-default', ['str', 'num', 'bool']);
  standard.typedInput('type', KINDS[typeof row.default] ?? 'str').typedInput('value', String(row.default ?? ''));

  const read = (): Row => {
    const kind = String(source.typedInput('type'));
    const value = String(source.typedInput('value'));
    const given = {
      to: namesOf(String(to.val())) ?? '',
      from: kind === 'column' ? namesOf(value) : undefined,
      constant: kind === 'column' ? undefined : kind === 'nothing' ? null : typed(kind, value),
      transforms: steps().map(writtenStep),
      required: required.prop('checked') || undefined,
      default: standard.typedInput('value') === '' ? undefined : typed(standard.typedInput('type'), standard.typedInput('value')),
      ifEmpty: ifEmpty.prop('checked') || undefined,
    };
    const kept = Object.entries(given).filter(([, part]) => part !== undefined && !(Array.isArray(part) && part.length === 0));
    return Object.fromEntries(kept) as Row;
  };
  const update = () => {
    summarize();
    changed();
  };
  const summarize = () => {
    try {
      const now = read();
      const said = (now.transforms ?? []).map((step) => shortStep(stepOf(step)));
      if (now.required) said.push(text('row.required'));
      if (now.ifEmpty) said.push(text('row.ifEmpty'));
      if (now.default !== undefined) said.push(`${text('row.default')} ${String(now.default)}`);
      summary.attr('class', 'planbridge-quiet planbridge-summary').text(said.join(' · '));
    } catch (error) {
      summary.attr('class', 'planbridge-bad planbridge-summary').text((error as Error).message);
    }
  };
  const open = (wanted: boolean) => {
    folded.toggle(wanted);
    fold.find('i').attr('class', `fa ${wanted ? 'fa-angle-up' : 'fa-angle-down'}`);
  };
  summarize();
  open(isNew);
  for (const input of [to, source, required, ifEmpty, standard]) input.on('change', update);
  return read;
}

function matches(around: RowSurroundings, typed: string): { value: string; label: string }[] {
  return around
    .columns()
    .filter((column) => column.toLowerCase().includes(typed.toLowerCase()))
    .map((column) => ({ value: column, label: column }));
}

function typedValueInput(line: Widget, name: string, types: readonly unknown[]): Widget {
  const input: Widget = $('<input type="text" style="width:100px">').addClass(name).appendTo(line);
  return input.typedInput({ types });
}

function typed(kind: string, value: string): unknown {
  if (kind === 'num') return Number(value);
  return kind === 'bool' ? value === 'true' : value;
}
