// What the page has inside where it is one file; null where its parts are files of their own.
export const inline = (name) => document.getElementById(`inline-${name}`)?.textContent ?? null;

export async function load(assets, name) {
  const text = inline(name);
  if (text !== null) return JSON.parse(text);
  const response = await fetch(assets[name]);
  if (!response.ok) throw new Error(`${assets[name]}: ${response.status}`);
  return response.json();
}
