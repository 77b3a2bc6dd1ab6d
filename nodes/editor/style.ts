import css from './forms.css';

/** The forms' style, put into the page by whichever node comes first. */
const NAME = 'planbridge-style';
if ($(`#${NAME}`).length === 0) $('<style></style>').attr('id', NAME).text(css).appendTo('head');
