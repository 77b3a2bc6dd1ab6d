import { completeFields, completeModel } from './completion.ts';
import { type Parameter, readOption, type Step, shownOption, TRANSFORMS } from './mapping-steps.ts';
import type { Widget } from './red.ts';
import { smallButton } from './small-button.ts';

/** What the steps of a row need of the form around them. */
export type StepSurroundings = {
  readonly server: () => string;
  readonly text: (key: string) => string;
  /** Called when anything was changed. */
  readonly changed: () => void;
};

/**
 * The transforms of a row, one a line with its options, in `container`. Answers how the steps read now; throws an Error in
 * words where an option cannot be read.
 */
export function stepList(container: Widget, steps: readonly Step[], around: StepSurroundings): () => Step[] {
  const { text, changed } = around;
  const list: Widget = $('<div></div>').appendTo(container);
  const readers = new Set<() => Step>();
  const add = (step: Step) => {
    const line: Widget = $('<div class="planbridge-line" style="margin-bottom:4px"></div>').appendTo(list);
    const read = stepLine(line, step, around);
    readers.add(read);
    smallButton('', 'fa-remove', () => {
      line.remove();
      readers.delete(read);
      changed();
    })
      .attr({ title: text('row.removeStep'), 'aria-label': text('row.removeStep') })
      .appendTo(line);
  };
  for (const step of steps) add(step);
  smallButton(text('row.addStep'), 'fa-plus', () => {
    add({ name: 'trim', options: {} });
    changed();
  }).appendTo(container);
  return () => [...readers].map((read) => read());
}

function stepLine(line: Widget, step: Step, around: StepSurroundings): () => Step {
  const { text, changed } = around;
  const name: Widget = $('<select class="planbridge-step"></select>').attr('aria-label', text('row.step')).appendTo(line);
  for (const known of Object.keys(TRANSFORMS))
    name.append(
      $('<option></option>')
        .val(known)
        .text(text(`transform.${known}`)),
    );
  // A transform of a later version stays as it is.
  if (!(step.name in TRANSFORMS)) name.append($('<option></option>').val(step.name).text(step.name));
  name.val(step.name);
  const options: Widget = $('<div class="planbridge-line planbridge-below"></div>');
  let kept: Step['options'] = step.options;
  let readers: { parameter: Parameter; read: () => string }[] = [];
  const show = () => {
    options.empty();
    const parameters = TRANSFORMS[String(name.val())] ?? [];
    options.toggle(parameters.length > 0);
    const inputOf = (other: string) => () => readers.find(({ parameter }) => parameter.name === other)?.read() ?? '';
    readers = parameters.map((parameter) => ({
      parameter,
      read: optionInput(options, parameter, shownOption(parameter, kept[parameter.name]), {
        ...around,
        label: text(`parameter.${String(name.val())}.${parameter.name}`),
        model: inputOf('model'),
      }),
    }));
  };
  name.on('change', () => {
    kept = {};
    show();
    changed();
  });
  show();
  setTimeout(() => options.appendTo(line));
  return () => {
    const read = readers.map(({ parameter, read: shown }) => [parameter.name, readOption(parameter, shown())] as const);
    const all = Object.entries({ ...kept, ...Object.fromEntries(read) });
    return { name: String(name.val()), options: Object.fromEntries(all.filter(([, value]) => value !== undefined)) };
  };
}

type OptionSurroundings = StepSurroundings & { readonly label: string; readonly model: () => string };

function optionInput(line: Widget, parameter: Parameter, shown: string, around: OptionSurroundings): () => string {
  const { name, kind, choices = [] } = parameter;
  const label: Widget = $('<label></label>').appendTo(line);
  if (kind === 'flag') {
    const box: Widget = $('<input type="checkbox">')
      .prop('checked', shown === 'true')
      .appendTo(label);
    label.append(document.createTextNode(around.label));
    box.on('change', around.changed);
    return () => String(box.prop('checked'));
  }
  label.append($('<span></span>').text(around.label));
  if (kind === 'choice') {
    const select: Widget = $('<select></select>').append($('<option></option>').val('').text('–')).appendTo(label);
    for (const choice of choices)
      select.append(
        $('<option></option>')
          .val(choice)
          .text(choice === ' ' ? '␣' : choice),
      );
    select.val(shown).on('change', around.changed);
    return () => String(select.val() ?? '');
  }
  const input: Widget = $('<input type="text">').addClass(`planbridge-option-${name}`).val(shown).appendTo(label);
  input.on('change', around.changed);
  if (kind === 'model') completeModel(input, around.server);
  if (kind === 'field') completeFields(input, around.server, around.model, false);
  return () => String(input.val());
}
