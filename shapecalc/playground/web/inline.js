// The page's assets: files beside it or, where the whole page is one file, elements in it.
export const inline = (name) => document.getElementById(`inline-${name}`)?.textContent ?? null;

/* What the worker needs to load a compressed asset: its address, or its bytes. */
export function packed(assets, name) {
  const text = inline(name);
  if (text !== null) return { data: Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) };
  return { file: new URL(assets[name].file, document.baseURI).href };
}

export async function unpacked({ file, data, fetch = self.fetch }, through = (stream) => stream) {
  const response = data ? new Response(data) : await fetch(file);
  if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  return new Response(through(response.body).pipeThrough(new DecompressionStream("gzip")));
}

export const loadJson = async (assets, name) => (await unpacked(packed(assets, name))).json();

export const loadText = async (assets, name) => inline(name) ?? (await fetch(assets[name])).text();
