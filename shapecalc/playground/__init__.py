"""The playground: a static page that runs shapecalc in the browser, without a server of its own.

    build.py       puts the site together: pages, assets with hashed names, what is kept offline
    packages.py    fetches what npm and PyPI have, by the locks: web/package-lock.json, wheels.json
    archive.py     the Python that the browser gets: pruned, compiled by Pyodide's own interpreter
    examples.py    the specs that come with the page
    notices.py     the licences of what is inside
    one_file.py    the same page as one file
    bridge/        what the page asks: Python in the browser, one module a subject
    web/           the page: JavaScript, its styles, the lock of its packages

How to add to it:

- A call: a function in a module of bridge/, and a line in `bridge.CALLS`. It takes texts, numbers
  and bytes and returns what JSON can hold; `page.call(name, ...)` returns a promise of that. What
  it cannot do it says by raising `bridge.Refused`, whose text the page shows.
- A tab beside the report: a module of web/ with a panel, and a line in `PANELS` of web/panels.js,
  where it is told what a panel is.
"""
