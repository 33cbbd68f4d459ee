// The editor: CodeMirror with YAML, the findings underlined, kinds and fields completed.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { forEachDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions } from "./completion.js";
import { make, reflowed } from "./dom.js";

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--key)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--text)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: [tags.labelName, tags.typeName, tags.keyword], color: "var(--accent)" },
]);

const pointTo = StateEffect.define();
const pointed = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    marks = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(pointTo)) continue;
      const { doc } = transaction.state;
      const line = effect.value;
      marks = line && line <= doc.lines ? Decoration.set([Decoration.line({ class: "pointed" }).range(doc.line(line).from)]) : Decoration.none;
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/* Python counts characters, CodeMirror UTF-16 units. */
function offset(doc, line, column) {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  let units = 0;
  for (const character of at.text) {
    if (--column < 1) break;
    units += character.length;
  }
  return at.from + units;
}

/* A span of the text; where only its start is known, the word there. */
function range(doc, { line, column, end_line, end_column }) {
  const from = offset(doc, line ?? 1, column ?? 1);
  const to = end_line ? offset(doc, end_line, end_column) : from;
  const rest = doc.lineAt(from).text.slice(from - doc.lineAt(from).from);
  const word = /^("[^"]*"|'[^']*'|[\w$.-]+|\S)/.exec(rest);
  return { from, to: to > from ? to : from + (word ? word[0].length : 0) };
}

/* A word with a finding tells of that, not of what it means in general. */
function underlined(state, from, to) {
  let found = false;
  forEachDiagnostic(state, (_, start, end) => (found ||= start <= to && end >= from));
  return found;
}

export function createEditor(parent, text, { changed, moved, explain, language }) {
  const complete = (context) => (language() ? completions(language(), context) : null);

  const hover = hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos);
    for (const match of line.text.matchAll(/[A-Za-z_][\w]*/g)) {
      const [from, to] = [line.from + match.index, line.from + match.index + match[0].length];
      const page = pos >= from && pos <= to && !underlined(view.state, from, to) ? language()?.page(match[0]) : null;
      if (page) return { pos: from, end: to, above: true, create: () => ({ dom: make("div", { class: "kind-tip" }, reflowed(page)) }) };
    }
    return null;
  });

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        indentUnit.of("  "),
        yaml(),
        syntaxHighlighting(colours),
        autocompletion({ override: [complete], icons: false }),
        hover,
        pointed,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "Network as YAML", spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          { key: "Mod-]", run: indentMore },
          { key: "Mod-[", run: indentLess },
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) moved(update.state.doc.lineAt(update.state.selection.main.head).number);
        }),
      ],
    }),
  });

  return {
    view,
    text: () => view.state.doc.toString(),
    set(next) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, selection: { anchor: 0 }, scrollIntoView: true });
    },
    apply(...edits) {
      const { doc } = view.state;
      const changes = edits.map((edit) => ({ from: offset(doc, edit.line, edit.column), to: offset(doc, edit.end_line, edit.end_column), insert: edit.text }));
      view.dispatch({ changes, selection: { anchor: changes[0].from }, scrollIntoView: true });
      if (matchMedia("(pointer: fine)").matches) view.focus(); // elsewhere a keyboard would cover the result
    },
    underline(findings) {
      const { doc } = view.state;
      const shown = findings.map((found) => ({
        ...range(doc, found),
        severity: { error: "error", warning: "warning" }[found.severity] ?? "info",
        source: found.code,
        message: found.message + (found.hint && !found.edits.length ? `\n${found.hint}` : ""),
        actions: [
          ...found.edits.slice(0, 4).map((edit, at) => ({ name: edit.title, markClass: at ? "" : "first", apply: () => this.apply(edit) })),
          { name: `Explain ${found.code}`, apply: () => explain(found.code) },
        ],
      }));
      view.dispatch(setDiagnostics(view.state, shown));
    },
    point: (line) => view.dispatch({ effects: pointTo.of(line) }),
    go(line, column) {
      const at = range(view.state.doc, { line, column });
      view.dispatch({ selection: { anchor: at.from, head: at.to }, effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
      view.focus();
    },
  };
}
