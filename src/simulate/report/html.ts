import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import type { Report } from './report-types.ts'

/** One page with everything in it: it loads nothing, and works from a file. */
export function reportHtml(report: Report): string {
  const title = escapeText(`${report.application}: simulated scaling`)
  // In a script element only "<" could end it.
  const data = JSON.stringify(report).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${escapeText(report.application)}</h1>
<p id="about"></p>
<label id="choice">Component <select id="component"></select></label>
</header>
<main>
<section aria-labelledby="size-title"><h2 id="size-title">Replicas and load</h2><p class="legend" id="size-legend"></p><div class="plot" id="size"></div>
<p class="help">Point at a marker for the decision behind it, or focus one and go on with the arrow keys.</p></section>
<section aria-labelledby="wait-title"><h2 id="wait-title">Waiting and in flight</h2><p class="legend" id="wait-legend"></p><div class="plot" id="wait"></div></section>
<section aria-labelledby="late-title"><h2 id="late-title">Latency</h2><p class="legend" id="late-legend"></p><div class="plot" id="late"></div></section>
<section aria-labelledby="sum-title"><h2 id="sum-title">Figures</h2><div class="scroll"><table id="figures"></table></div><ul id="model"></ul><ul id="notes"></ul></section>
</main>
<div id="tip" role="status" aria-live="polite" hidden></div>
<script type="application/json" id="report">${data}</script>
<script>${pageScript}</script>
</body>
</html>
`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
