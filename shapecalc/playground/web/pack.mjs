// Compiles Python sources to archives of byte code, by Pyodide's own interpreter, so that they fit
// whatever Python the builder has.  node pack.mjs PYODIDE STAGE OUT FILES-OF-STANDARD-LIBRARY
//
// `library` is a zip file, which Python imports from. `first` and `later` become files: four bytes
// with the length of a list, the list of names and sizes as JSON, and the files one after another.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideDir, stage, out, wanted] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideDir, "pyodide.mjs")));
// Without columns in the byte code, which only tracebacks show: a fifth of its size.
const python = await loadPyodide({ indexURL: pyodideDir + path.sep, env: { PYTHONNODEBUGRANGES: "1" } });

function copy(from, to) {
  python.FS.mkdirTree(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
    if (entry.isDirectory()) copy(source, target);
    else python.FS.writeFile(target, new Uint8Array(fs.readFileSync(source)));
  }
}

copy(stage, "/stage");
python.globals.set("names", fs.readFileSync(wanted, "utf8"));
const archives = python.runPython(`
import io, json, os, zipfile, importlib._bootstrap_external as external

def compiled(source, name):
    # the pages of kinds and rules are docstrings
    documented = name.startswith(("shapecalc/layers/", "shapecalc/checks/"))
    code = compile(source, name, "exec", dont_inherit=True, optimize=0 if documented else 2)
    return external._code_to_hash_pyc(code, b"\\0" * 8, False)  # never compared with a source

def staged(part):
    for folder, folders, files in os.walk(f"/stage/{part}"):
        folders.sort()
        for file in sorted(files):
            full = os.path.join(folder, file)
            name = os.path.relpath(full, f"/stage/{part}")
            with open(full, "rb") as stream:
                data = stream.read()
            yield (name + "c", compiled(data, name)) if name.endswith(".py") else (name, data)

def standard():
    library = zipfile.ZipFile("/lib/python314.zip")
    for name in names.splitlines():
        yield name + "c", compiled(library.read(name), name)

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
    for name, data in (*standard(), *staged("library")):
        packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)

def joined(part):
    files = list(staged(part))
    listed = json.dumps([[name, len(data)] for name, data in files], separators=(",", ":")).encode()
    return b"".join([len(listed).to_bytes(4, "little"), listed, *(data for _, data in files)])

{"library": buffer.getvalue(), "first": joined("first"), "later": joined("later")}
`).toJs();
for (const name of ["library", "first", "later"]) fs.writeFileSync(path.join(out, `${name}.pack`), archives[name]);
