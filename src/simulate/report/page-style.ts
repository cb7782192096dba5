/** The look of the page, light and dark. */
export const pageStyle = `
:root{--ground:#fbfbfa;--panel:#fff;--ink:#1c1f23;--faint:#626a73;--line:#e2e4e7;--load:#7aa2d6;--load-fill:#7aa2d633;--size:#b4451f;--ready:#e9a07f;--other:#3b7a57;--warn:#9a6700;--tip:#1c1f23;--tip-ink:#fff}
@media (prefers-color-scheme:dark){:root{--ground:#15171a;--panel:#1d2024;--ink:#e8eaed;--faint:#9aa2ab;--line:#33383e;--load:#6f9bd8;--load-fill:#6f9bd82e;--size:#f08a5d;--ready:#8f5a42;--other:#6fc39a;--warn:#e3b341;--tip:#f3f4f6;--tip-ink:#1c1f23}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
header,main{max-width:1120px;margin:0 auto;padding:16px 20px}
h1{font-size:22px;margin:0}
h2{font-size:15px;margin:0 0 4px}
#about{margin:2px 0 10px;color:var(--faint)}
select{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:4px 8px}
section{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin-bottom:14px}
.legend{margin:0 0 6px;color:var(--faint);font-size:13px}
.legend span{margin-right:16px;white-space:nowrap}
.legend i{display:inline-block;width:18px;height:0;border-top:3px solid;margin-right:6px;vertical-align:middle}
.legend i.dashed{border-top-style:dashed}
.help{margin:6px 0 0;color:var(--faint);font-size:13px}
.plot svg{display:block;width:100%;height:auto}
.plot text{fill:var(--faint);font-size:11px}
.grid{stroke:var(--line);stroke-width:1}
.marker{cursor:default;outline:none}
.marker path{fill:var(--size);stroke:var(--panel);stroke-width:1}
.marker.held path{fill:var(--warn)}
.marker.other path{fill:var(--other)}
.marker:focus path,.marker.chosen path{stroke:var(--ink);stroke-width:2}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:3px 14px 3px 0;border-bottom:1px solid var(--line);font-weight:400;white-space:nowrap}
th:first-child{text-align:left;color:var(--faint)}
ul{margin:10px 0 0;padding-left:18px;color:var(--faint);font-size:13px}
ul:empty{display:none}
#tip{position:fixed;z-index:2;max-width:440px;background:var(--tip);color:var(--tip-ink);border-radius:8px;padding:9px 12px;font-size:13px;pointer-events:none;box-shadow:0 4px 18px #0005}
#tip[hidden]{display:none}
#tip b{display:block}
#tip ul{color:inherit;margin:5px 0 0;padding-left:16px}
#tip small{opacity:.75}
`
