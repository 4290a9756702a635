/** Contrast of text on its ground is 4.5 to 1 at least (WCAG 2.2, 1.4.3), of lines that carry meaning 3 to 1 (1.4.11). */
export const style = `
:root { color-scheme: light dark; --ground: light-dark(#ffffff, #14171c); --raised: light-dark(#f5f6f8, #1d2128); --text: light-dark(#1b1f24, #e6e9ee); --dim: light-dark(#59636e, #9aa5b3);
  --line: light-dark(#d5dae0, #353c47); --link: light-dark(#0a58b5, #79b4ff); --error: light-dark(#b3141b, #ff8a84); --error-ground: light-dark(#fdebea, #3a1c1d);
  --warn: light-dark(#805300, #f0bb55); --warn-ground: light-dark(#fdf3dc, #352a12); --good: light-dark(#13692f, #6fd08c); --accent: light-dark(#5a3fc0, #b9a5ff); }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 4rem; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem; }
p { margin: .25rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
code, .path, .name { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: .9em; overflow-wrap: anywhere; }
code.command { display: block; width: fit-content; max-width: 100%; margin: .25rem 0 0; padding: .35rem .6rem; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.dim { color: var(--dim); }
.name { color: var(--dim); }
.masthead { display: flex; gap: 1rem; justify-content: space-between; align-items: flex-start; }
button, input, select { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--dim); border-radius: 5px; padding: .3rem .6rem; }
button { cursor: pointer; background: var(--raised); }
[hidden] { display: none !important; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
.tiles div { display: flex; flex-direction: column-reverse; min-width: 7rem; padding: .6rem .9rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
.tiles dt { color: var(--dim); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles .error dd { color: var(--error); }
.tiles .warn dd { color: var(--warn); }
.notice { margin: 1.25rem 0 0; padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--good); border-radius: 6px; background: var(--raised); }
.notice.error { border-left-color: var(--error); background: var(--error-ground); }
.notice h2 { margin: 0 0 .25rem; font-size: 1rem; }
.notice ul { margin: 0; padding-left: 1.25rem; }
.controls { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 0 0 .75rem; }
.controls label { display: flex; flex-direction: column; gap: .15rem; color: var(--dim); font-size: .85rem; }
.controls input, .controls select { height: 2.2rem; color: var(--text); font-size: .95rem; }
.controls input { width: min(24rem, 80vw); }
.controls select { max-width: 20rem; }
::placeholder { color: var(--dim); opacity: 1; }
.controls output { padding: .4rem 0; color: var(--dim); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { width: 100%; border-collapse: collapse; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: .55rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
tbody th { font-weight: inherit; }
.rule { white-space: nowrap; }
thead th { border-top: 0; background: var(--raised); font-size: .85rem; white-space: nowrap; }
th[data-sortable]:has(button) { padding: .2rem .3rem; }
th button { border-color: transparent; font-weight: inherit; padding: .25rem .45rem; }
th button::after { content: ' \\2195'; color: var(--dim); }
th[aria-sort=ascending] button::after { content: ' \\2191'; color: inherit; }
th[aria-sort=descending] button::after { content: ' \\2193'; color: inherit; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 9px; border: 1px solid currentcolor; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.badge.error { color: var(--error); background: var(--error-ground); }
.badge.warn { color: var(--warn); background: var(--warn-ground); }
.badge.plain { color: var(--dim); font-weight: 400; }
.place { min-width: 14rem; max-width: 32rem; }
.fix { margin-top: .4rem; }
.fix > b { font-weight: 600; }
.fix.bare { display: flex; gap: .6rem; align-items: baseline; }
.fix.bare code.command { margin: 0; }
.none { padding: 1rem; color: var(--dim); }
details { margin: .5rem 0; padding: .5rem .9rem; border: 1px solid var(--line); border-radius: 6px; }
details[open] { background: var(--raised); }
summary { cursor: pointer; }
details > :not(summary) { margin: .5rem 0; max-width: 60rem; }
ul.plain { min-width: 20rem; margin: 0; padding: 0; list-style: none; }
ul.plain li + li { margin-top: .15rem; }
.subject { min-width: 16rem; }
.graph { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); }
.graph svg { display: block; margin: 0 auto; max-width: none; }
.graph text { fill: var(--text); font-size: 13px; }
.graph .head { fill: var(--dim); font-size: 12px; font-weight: 600; }
.graph .sub { fill: var(--dim); font-size: 11px; }
.graph rect { fill: var(--ground); stroke: var(--dim); }
.graph .key rect { stroke: var(--accent); }
.graph .ownerless rect { stroke: var(--error); fill: var(--error-ground); }
.graph .ownerless rect { stroke-dasharray: 4 3; }
.graph path { fill: none; stroke: var(--dim); stroke-width: 1.5; opacity: .75; }
.graph path.clear { stroke: var(--error); }
.graph a:hover rect, .graph a:focus rect, .graph .lit rect { stroke-width: 2.5; }
.graph .lit path, .graph path.lit { stroke-width: 3; opacity: 1; }
.graph .focused path:not(.lit), .graph .focused a:not(.lit) { opacity: .3; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .5rem 0; color: var(--dim); font-size: .85rem; }
@media (max-width: 45rem) { .place { min-width: 10rem; } th, td { padding: .45rem .5rem; } }
@media print { .controls, .theme { display: none !important; } .scroll, .graph { overflow: visible; max-height: none; } body { max-width: none; } }
`;
