// Compiles Python sources to one stored zip of byte code, by Pyodide's own interpreter, so that it
// fits whatever Python the builder has.  node pack.mjs PYODIDE STAGE OUT NAMES-OF-STANDARD-MODULES
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideDir, stage, out, wanted] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodideDir, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodideDir + path.sep });

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
const archive = python.runPython(`
import io, os, zipfile, importlib._bootstrap_external as external

wanted = set(names.split())
buffer = io.BytesIO()

def compiled(source, name, level):
    code = compile(source, name, "exec", dont_inherit=True, optimize=level)
    return external._code_to_hash_pyc(code, b"\\0" * 8, False)  # never compared with a source

with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
    def add(name, data):
        packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)

    standard = zipfile.ZipFile("/lib/python314.zip")
    for name in sorted(standard.namelist()):
        if name.endswith(".py") and name.split("/")[0].removesuffix(".py") in wanted:
            add(name + "c", compiled(standard.read(name), name, 2))
    for folder, folders, files in os.walk("/stage"):
        folders.sort()
        for file in sorted(files):
            full = os.path.join(folder, file)
            name = os.path.relpath(full, "/stage")
            with open(full, "rb") as stream:
                data = stream.read()
            if file.endswith(".py"):
                # the pages of kinds and rules are docstrings: shapecalc keeps its own
                data = compiled(data, name, 0 if name.startswith("shapecalc/") else 2)
                name += "c"
            add(name, data)

buffer.getvalue()
`).toJs();
fs.writeFileSync(out, archive);
