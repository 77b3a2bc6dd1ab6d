import type { Widget } from './red.ts';

/** A small button as Node-RED has them, with an icon and, in a `span`, its text. */
export function smallButton(text: string, icon: string, pressed: () => void): Widget {
  return $('<button type="button" class="red-ui-button red-ui-button-small planbridge-narrow"></button>')
    .append(
      $('<i></i>').addClass(`fa ${icon}`),
      $('<span></span>')
        .css('margin-left', text ? '4px' : 0)
        .text(text),
    )
    .on('click', pressed);
}
