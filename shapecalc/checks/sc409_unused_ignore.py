"""An ignore comment that silences nothing.

`# shapecalc: ignore[SC402]` on a line, or alone on the line above, leaves out the findings of that
rule there; `# shapecalc: ignore-file[SC402]` those of the whole file. Several codes have commas
between them, and the beginning of a code stands for all that begin so: SC4. A comment without
codes, with one that is none, or with one that is not found there, is of no use. What keeps a spec
from being read (SC101 to SC109) cannot be ignored. `shapecalc check --add-ignore` writes the
comments, `shapecalc check --fix` takes out those of no use.

Warned of:

    input: 32x32x3
    layers:
      - max_pool: 2  # shapecalc: ignore[SC402]

Good:

    input: 32x32x3
    layers:
      - max_pool: {F: 2, S: 3}  # shapecalc: ignore[SC402]
"""
