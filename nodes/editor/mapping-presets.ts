import { ask } from './ask.ts';

type Preset = { readonly id: string; readonly title: string; readonly description: string; readonly mapping: unknown };

/** Fills the choice of presets, tells what the chosen one is for, and hands its mapping to `copy` when that is pressed. */
export function presetChooser(chosen: string, copy: (mapping: string) => void): void {
  const choice = $('#node-input-preset');
  const about = $('#planbridge-preset-text');
  // Until the presets are here, and where one is gone, the saved one must stay chosen.
  choice.append($('<option></option>').val(chosen).text(chosen)).val(chosen);
  ask<Preset[]>('planbridge/mapping/presets').then(
    (presets) => {
      const known = () => presets.find(({ id }) => id === choice.val());
      const show = () => {
        about.attr('class', 'planbridge-hint').text(known()?.description ?? '');
        $('#planbridge-copy').prop('disabled', known() === undefined);
      };
      for (const { id, title } of presets) {
        choice
          .find('option')
          .filter((_: number, option: HTMLOptionElement) => option.value === id)
          .remove();
        choice.append($('<option></option>').val(id).text(title));
      }
      choice.val(chosen).on('change', show);
      show();
      $('#planbridge-copy').on('click', () => {
        const preset = known();
        if (preset) copy(JSON.stringify(Object.assign({}, preset.mapping, { id: `my-${preset.id}` }), undefined, 2));
      });
    },
    (error: Error) => about.attr('class', 'planbridge-hint planbridge-bad').text(error.message),
  );
}
