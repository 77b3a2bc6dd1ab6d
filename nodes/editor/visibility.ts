/**
 * Shows the parts of a form that belong to what is chosen and hides the others. A part says when it is shown:
 * `data-when="operation=create upsert"`, or `data-when="durable=true"` for a checkbox; several with `;` must all hold.
 */
export function showWhatApplies(): void {
  const form = $('.planbridge');
  const chosenOf = (name: string) => {
    const input = $(`#node-input-${name}`);
    return input.is(':checkbox') ? String(input.prop('checked')) : String(input.val());
  };
  const conditionsOf = (part: Element) =>
    (part.getAttribute('data-when') ?? '').split(';').map((condition) => condition.split('=') as [string, string]);
  const update = () =>
    form.find('[data-when]').each(function (this: Element) {
      const applies = conditionsOf(this).every(([name, values]) => values.split(' ').includes(chosenOf(name)));
      $(this).toggle(applies);
    });
  const names = new Set<string>();
  form.find('[data-when]').each(function (this: Element) {
    for (const [name] of conditionsOf(this)) names.add(name);
  });
  for (const name of names) $(`#node-input-${name}`).on('change', update);
  update();
}

/** Opens the folded parts that hold a setting which is not right, once Node-RED has marked them. */
export function openFaults(): void {
  setTimeout(() => $('.planbridge details').has('.input-error').prop('open', true), 50);
}
