/** Text as it stands in HTML, also within quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A table; its cells are text. One of numbers has them below each other, digit by digit. */
export const tableHtml = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { caption, kind = 'text' }: { readonly caption?: string; readonly kind?: 'text' | 'numbers' } = {},
): string =>
  [
    kind === 'numbers' ? '<table class="numbers">' : '<table>',
    ...(caption === undefined ? [] : [`<caption>${escapeHtml(caption)}</caption>`]),
    ...(head.length === 0 ? [] : [`<thead>${rowHtml('th', head)}</thead>`]),
    '<tbody>',
    ...rows.map((row) => rowHtml('td', row)),
    '</tbody></table>',
  ].join('\n');

const rowHtml = (cell: 'th' | 'td', row: readonly string[]): string =>
  `<tr>${row.map((text) => `<${cell}>${escapeHtml(text)}</${cell}>`).join('')}</tr>`;

/** A page that needs nothing but itself: no script, nothing from the network. */
export const pageHtml = (title: string, body: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;

const STYLE = `
body { font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #111; background: #fff;
  max-width: 700px; margin: 2em auto; padding: 0 1em; color-scheme: light dark; }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; }
h1, h2, h3, caption { break-after: avoid; }
table { border-collapse: collapse; margin: 1em 0; font-size: 0.92em; break-inside: avoid; }
caption { text-align: left; font-weight: bold; padding-bottom: 0.3em; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 0.2em 1em 0.2em 0; border-bottom: 1px solid #ccc;
  overflow-wrap: anywhere; }
th:first-child, td:first-child, .numbers th { overflow-wrap: normal; }
.numbers th, .numbers td { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: 0.95em; overflow-wrap: anywhere; }
figure { margin: 2em 0; break-inside: avoid; color: #111; background: #fff; }
figure h3 { font-size: 1em; margin: 0 0 0.3em; }
figcaption { font-size: 0.9em; color: #333; margin-top: 0.4em; }
.keys { font-size: 0.9em; margin: 0 0 0.4em; }
.keys span { display: inline-block; margin-right: 1.4em; }
.keys svg { display: inline-block; vertical-align: middle; margin-right: 0.4em; }
.verdict { font-weight: bold; border: 2px solid currentColor; padding: 0 0.4em; }
@media screen and (prefers-color-scheme: dark) {
  body { color: #ddd; background: #1b1b1b; }
  th, td { border-color: #555; }
  figure { padding: 1em; }
}
@media print {
  body { margin: 0; max-width: none; font-size: 11px; color-scheme: light; }
  figure { margin: 1.2em 0; }
}
`;
