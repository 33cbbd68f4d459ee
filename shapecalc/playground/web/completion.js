// What can be written where the cursor is: read from the schema of the language, as any editor with
// a language server does.

export class Language {
  constructor(schema) {
    this.schema = schema;
    const [alone, mapping] = this.definition("layer").anyOf;
    this.kinds = [...alone.oneOf.map((kind) => kind.const), ...Object.keys(mapping.properties)].sort();
  }

  definition(name) {
    return this.schema.definitions[name];
  }

  resolved(schema) {
    return schema?.$ref ? this.definition(schema.$ref.split("/").pop()) : schema;
  }

  kind(name) {
    if (!this.kinds.includes(name)) return null;
    return this.definition(name) ?? this.definition(`layer_${name}`);
  }

  page(word) {
    return this.kind(word)?.markdownDescription ?? null;
  }

  /* The fields of what stands behind a key: of a kind, of claims, of an example; null for others. */
  fields(key) {
    const schema = this.kind(key) ?? (key === "expect" ? this.definition("layer_claims") : this.schema.properties[key]);
    const options = this.options(schema);
    return options.find((option) => option.properties)?.properties ?? null;
  }

  options(schema) {
    const found = this.resolved(schema);
    return found?.anyOf ? found.anyOf.flatMap((option) => this.options(option)) : found ? [found] : [];
  }

  /* The words that a field may be. */
  values(schema) {
    return this.options(schema).flatMap((option) => option.enum ?? (option.const === undefined ? [] : [option.const]) ).filter((value) => value !== null).map(String);
  }
}

const key = (label, schema, language) => {
  const { default: value } = schema;
  return { label, type: "property", detail: value === undefined ? "" : `default ${[value].flat().join("×")}`, apply: `${label}: `, info: language.resolved(schema)?.description };
};

const offered = (properties, language) =>
  Object.entries(properties)
    .filter(([, schema]) => !schema.doNotSuggest)
    .map(([label, schema]) => key(label, schema, language));

/* The key that the open braces, or the lines above that are indented less, belong to. */
function parent(state, before, line) {
  const brace = /([\w$]+):\s*\{[^{}]*$/.exec(before)?.[1];
  if (brace) return brace;
  if (!/^\s+(- )?$/.test(before)) return null;
  const indent = before.length;
  for (let number = line.number - 1; number >= 1; number--) {
    const { text } = state.doc.line(number);
    const found = /^(\s*(?:- )?)([\w$]+):/.exec(text);
    if (found && found[1].length < indent) return /:\s*$/.test(text) ? found[2] : null;
  }
  return null;
}

export function completions(language, context) {
  const { state, pos } = context;
  const word = context.matchBefore(/[\w]*/);
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, word.from - line.from);
  if (!word.text && !context.explicit) return null;
  if (before === "") return { from: word.from, options: offered(language.schema.properties, language) };

  const value = /([\w]+):\s*$/.exec(before)?.[1];
  if (value) {
    const kind = parent(state, before.slice(0, before.length - /[\w]+:\s*$/.exec(before)[0].length), line);
    const schema = (kind ? language.fields(kind) : language.schema.properties)?.[value];
    const words = schema ? language.values(schema) : [];
    return words.length ? { from: word.from, options: words.map((label) => ({ label, type: "constant" })) } : null;
  }
  const owner = parent(state, before, line);
  const fields = owner && !before.endsWith("- ") ? language.fields(owner) : null;
  if (fields && /(^\s+|[{,]\s*)$/.test(before)) return { from: word.from, options: offered(fields, language) };
  if (!/(-|\[|,)\s*$/.test(before)) return null;
  return { from: word.from, options: language.kinds.map((label) => kind(label, language)) };
}

function kind(label, language) {
  const schema = language.kind(label);
  const alone = language.definition("layer").anyOf[0].oneOf.some((one) => one.const === label);
  return { label, type: "class", info: schema.description, apply: alone ? label : `${label}: ` };
}
