/** The style sheet of the page of `docs-page.ts`; a Worker has no files to read it from. */
export const docsStyle = `:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: #0b63c5; }
@media (prefers-color-scheme: dark) { :root { --link: #7ab7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 16px/1.6 system-ui, "PingFang SC", "Noto Sans SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
a { color: var(--link); }
nav a { display: inline-block; min-height: 2.75rem; padding: .5rem .75rem .5rem 0; }
code { font: .875em/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 .75rem; }
details[open] { padding-bottom: .75rem; }
details:has(:target) { outline: 2px solid var(--link); }
summary { cursor: pointer; min-height: 2.75rem; padding: .6rem 0; overflow-wrap: anywhere; }
summary span { opacity: .8; }
ul { margin: .25rem 0; padding-left: 1.1rem; }
dt { margin-top: .5rem; }
dd { margin: 0; padding-left: 1rem; }
dd p, h3 + p { margin: 0; }
.schema .schema { border-left: 2px solid var(--line); padding-left: .5rem; }
.schema { overflow-wrap: anywhere; }
.type { opacity: .85; }
.method { display: inline-block; min-width: 4.5em; padding: 0 .4em; border-radius: .25rem; background: var(--soft); text-align: center; font-size: .8rem; }
.get { color: #1a7f4b; } .post { color: #1663b8; } .put, .patch { color: #9a5b00; } .delete { color: #b3261e; }
@media (prefers-color-scheme: dark) { .get { color: #6fd79f; } .post { color: #86bdff; } .put, .patch { color: #ffc266; } .delete { color: #ff9b93; } }
`;
