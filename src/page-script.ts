/** Plain JavaScript for browsers of the last years. It takes its orders from the data attributes of the page and never writes HTML. */
export const script = `
'use strict';
for (const button of document.querySelectorAll('[data-theme-switch]')) {
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const label = () => { button.textContent = isDark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', isDark() ? 'Switch to light colours' : 'Switch to dark colours'); };
  button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; label(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
  label();
  button.hidden = false;
}

for (const place of document.querySelectorAll('[data-table]')) {
  const body = place.querySelector('tbody');
  const rows = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const heads = [...place.querySelectorAll('thead th')];

  heads.forEach((head, column) => {
    if (!('sortable' in head.dataset)) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rank = ({ row }) => Number(row.cells[column].dataset.rank);
      rows.sort((a, b) => down ? rank(b) - rank(a) : rank(a) - rank(b));
      body.append(...rows.map(({ row }) => row));
    });
  });

  const controls = place.querySelector('[data-controls]');
  if (!controls) continue;
  const filter = () => {
    const chosen = [...new FormData(controls)];
    const words = chosen.find(([name]) => name === 'text')[1].toLowerCase().split(/\\s+/).filter(Boolean);
    const facets = chosen.filter(([name, value]) => name !== 'text' && value !== '');
    let shown = 0;
    for (const { row, text } of rows) {
      const fits = facets.every(([name, value]) => row.getAttribute('data-facet-' + name) === value) && words.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) shown++;
    }
    const all = rows.length.toLocaleString('en');
    place.querySelector('[data-count]').textContent = shown === rows.length ? all + ' shown' : shown.toLocaleString('en') + ' of ' + all + ' shown';
    place.querySelector('[data-none]').hidden = shown > 0;
  };
  controls.addEventListener('input', filter);
  controls.addEventListener('submit', (event) => event.preventDefault());
  controls.hidden = false;
  filter();
}

for (const graph of document.querySelectorAll('[data-graph]')) {
  const nodes = new Map([...graph.querySelectorAll('[data-node]')].map((node) => [node.dataset.node, node]));
  const lines = [...graph.querySelectorAll('[data-from]')];
  const light = (node) => {
    const lit = new Set();
    const follow = (id, end, other) => {
      for (const line of lines) if (line.dataset[end] === id && !lit.has(line)) { lit.add(line); lit.add(nodes.get(line.dataset[other])); follow(line.dataset[other], end, other); }
    };
    if (node) { lit.add(node); follow(node.dataset.node, 'from', 'to'); follow(node.dataset.node, 'to', 'from'); }
    graph.classList.toggle('focused', node !== undefined);
    for (const each of [...nodes.values(), ...lines]) each.classList.toggle('lit', lit.has(each));
  };
  for (const node of nodes.values()) {
    for (const name of ['pointerenter', 'focus']) node.addEventListener(name, () => light(node));
    for (const name of ['pointerleave', 'blur']) node.addEventListener(name, () => light(undefined));
  }
}
`;
