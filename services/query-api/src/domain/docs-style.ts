/** How the page of the API looks: the system's own font, light and dark. */
export const DOCS_STYLE = `
:root { --text: #1c2024; --soft: #55606b; --line: #d9dee3; --back: #fff; --code: #f4f6f8; --link: #0b5cad;
  --get: #0b5cad; --post: #18794e; --patch: #8a5a00; --delete: #b42318; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ec; --soft: #a3adb7; --line: #333a41;
  --back: #14171a; --code: #1d2226; --link: #7cb7f5; --get: #7cb7f5; --post: #5fcf97; --patch: #e2b25b;
  --delete: #ff8f85; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; color: var(--text);
  background: var(--back); font: 1rem/1.5 system-ui, sans-serif; }
h1 small { font-weight: 400; color: var(--soft); } h2 { margin: 2.5rem 0 0; text-transform: capitalize; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
a { color: var(--link); } nav a { margin-right: .7rem; }
section > p, .access { color: var(--soft); margin: .2rem 0 .8rem; }
section > details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
section > details > summary { padding: .6rem .8rem; cursor: pointer; }
section > details > div { padding: 0 .8rem .8rem; border-top: 1px solid var(--line); }
summary span { color: var(--soft); } .schema summary { cursor: pointer; color: var(--soft); }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--code); border-radius: 6px; padding: .7rem; overflow-x: auto; margin: .3rem 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; }
b.get { color: var(--get); } b.post { color: var(--post); } b.patch { color: var(--patch); }
b.delete { color: var(--delete); }
`;
