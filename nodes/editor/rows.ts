/** Shows the form's rows that belong to the chosen value and hides the others: `data-for="search group"`. */
export function showFor(select: string, form: string): void {
  const update = () => {
    const chosen = String($(select).val());
    $(`${form} [data-for]`).each(function (this: Element) {
      $(this).toggle((this.getAttribute('data-for') ?? '').split(' ').includes(chosen));
    });
  };
  $(select).on('change', update);
  update();
}
