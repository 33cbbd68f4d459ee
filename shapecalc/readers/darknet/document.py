"""The document of a .cfg file: its spec, what is wrong with it, and where things stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Fault, Path, nearest, quote
from shapecalc.document import Document, Places, Span
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.base import MAX_BYTES, File, unreadable
from shapecalc.readers.darknet import heads, joins, layers, recurrent
from shapecalc.readers.darknet.network import INPUT, NET, Network, Stored, Term
from shapecalc.readers.darknet.sections import SPLIT, Section, Unreadable, sections_of
from shapecalc.readers.given_sizes import check_axes
from shapecalc.readers.items import ROUNDING, Sizes

if TYPE_CHECKING:
    from shapecalc.readers.darknet.stored import StoredArray

NO_NET = "Darknet wants [net] as the first section"
NETS = ("net", "network")
OF_NET = ("width", "height", "channels", "inputs", "batch", "subdivisions")
ALIASES = {
    "convolutional": "conv", "deconvolutional": "deconv", "max": "maxpool", "avg": "avgpool",
    "local_avg": "local_avgpool", "conn": "connected", "soft": "softmax", "lrn": "normalization",
    "reorg3d": "reorg", "empty": "silence",
}  # fmt: skip
SECTIONS: Mapping[str, Callable[[Network], None]] = {
    "conv": layers.convolutional,
    "deconv": layers.deconvolutional,
    "local": layers.local,
    "connected": layers.connected,
    "maxpool": layers.maxpool,
    "avgpool": layers.avgpool,
    "local_avgpool": layers.local_avgpool,
    "upsample": layers.upsample,
    "reorg": layers.reorg,
    "crop": layers.crop,
    "normalization": layers.normalization,
    "batchnorm": layers.batchnorm,
    "dropout": layers.dropout,
    "softmax": layers.softmax,
    "activation": layers.activation,
    "logistic": layers.logistic,
    "l2norm": layers.l2norm,
    "silence": layers.passing,
    "cost": layers.loss,
    "contrastive": layers.loss,
    "route": joins.route,
    "shortcut": joins.shortcut,
    "scale_channels": joins.scaled,
    "sam": joins.scaled,
    "implicit": joins.implicit,
    "history": joins.history,
    "rnn": recurrent.rnn,
    "gru": recurrent.gru,
    "lstm": recurrent.lstm,
    "crnn": recurrent.crnn,
    "conv_lstm": recurrent.conv_lstm,
    "yolo": heads.yolo,
    "Gaussian_yolo": heads.gaussian_yolo,
    "region": heads.region,
    "detection": heads.detection,
    "iseg": heads.iseg,
}


class Own(NamedTuple):
    """What Darknet alone has: the terms of its BFLOPS, and the order of a .weights file."""

    terms: Sequence[Term]
    stored: Sequence[Stored]

    def arrays(self, records: Iterable[Any]) -> list[StoredArray]:
        """Return the arrays of a .weights file in their order, from the records of the trace."""
        from shapecalc.readers.darknet.stored import stored_arrays  # of use with weights alone

        return stored_arrays(self.stored, records)


def of_file(file: File) -> Document | None:
    """Return the document of a file; None where its [net] is another program's."""
    raw = file.read(MAX_BYTES)
    if len(raw) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES:,} bytes"
        return unreadable(Fault(rules.LIMIT_PASSED, message, SPLIT), (1, 1), file.name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # of comments in other encodings; what counts is ASCII
        text = raw.decode("latin-1")
    try:
        sections = sections_of(text)
        if not _is_network(sections):
            return None
        if sections[0].word not in NETS:
            fault = Fault(rules.UNREADABLE, NO_NET, "[net] with width, height and channels")
            return unreadable(fault, sections[0].span[:2], file.name)
        return _document(sections, file.name)
    except Unreadable as error:
        return unreadable(error.fault, error.place, file.name)


def _is_network(sections: Sequence[Section]) -> bool:
    """Say whether sections are Darknet's, and not those of another program with a [net]."""
    if any(ALIASES.get(section.word, section.word) in SECTIONS for section in sections):
        return True
    return bool(sections) and any(key in sections[0].options for key in OF_NET)


def _document(
    sections: Sequence[Section], name: str, inputs: Mapping[str, Sizes] = NOTHING
) -> Document:
    net, *others = sections
    network = Network(net, inputs)
    check_axes(network.items, inputs)
    network.frozen_before = _last(others, "stopbackward")
    network.norms_until = _last(others, "train_only_bn")
    for section in others:
        _add(network, section)
    heads.check_sizes(network)
    items = network.items
    volume = items.inputs[INPUT]
    data: dict[str, Any] = {
        "inputs": {INPUT: None if volume is None else list(volume)},
        "rounding": ROUNDING,
        "layers": items.layers(),
    }
    outputs = _outputs(network)
    if outputs:
        data["outputs"] = outputs
    document = Document(
        data,
        name,
        read_places=lambda: _places(sections, network),
        original_path=_Origins(network).of,
    )
    document.findings = network.findings
    document.own = Own(network.terms, network.stored)
    document.with_inputs = lambda given: _document(sections, name, given)
    return document


def _last(sections: Sequence[Section], key: str) -> int:
    """Return the number of the last section that sets an option; -1 for none."""
    return max((n for n, section in enumerate(sections) if section.whole(key)), default=-1)


def _add(network: Network, section: Section) -> None:
    """Add what a section becomes."""
    word = ALIASES.get(section.word, section.word)
    network.section, network.word = section, word if word in SECTIONS else _clean(section.word)
    if section.rest:
        message = f"Darknet does not know {quote(f'[{section.word}]{section.rest}')}"
        hint = f"nothing may stand behind [{quote(section.word)}] in its line"
        network.fault(rules.UNKNOWN_KIND, message, hint)
    if word in SECTIONS:
        SECTIONS[word](network)
    else:
        _unknown(network, section.word)
    network.end()


def _clean(word: str) -> str:
    """Return a word as part of a name."""
    return quote(word, 40) or "section"


def _unknown(network: Network, word: str) -> None:
    """Add a section that Darknet does not know: another program's, or a slip."""
    close = nearest(word, [*SECTIONS, *ALIASES])
    if close:
        message = f"Darknet has no section {quote(f'[{word}]')}"
        network.fault(rules.UNKNOWN_KIND, message, f"[{close}]?")
    network.unknown(network.word)


def _outputs(network: Network) -> list[str]:
    """Return what no layer takes; of losses what they judge."""
    layers = [item for item in network.items.listed if item.name not in network.losses]
    taken = {source for item in layers for source in item.sources}
    return [item.name for item in layers if item.name not in taken]


# -- places ----------------------------------------------------------------------------------------


def _titles(network: Network) -> list[str]:
    return [NET, *(f"{word}_{number}" for number, word in enumerate(network.words))]


def _places(sections: Sequence[Section], network: Network) -> Places:
    """Return the places of sections by the names of their layers, and of options by their keys."""
    titles = _titles(network)
    root = {title: section.options for title, section in zip(titles, sections, strict=True)}
    children: dict[int, dict[Any, Span]] = {id(root): {}}
    for title, section in zip(titles, sections, strict=True):
        children[id(root)][title] = section.span
        children[id(section.options)] = {key: o.span for key, o in section.options.items()}
    return Places(root, children)


class _Origins:
    """Leads from a path of the spec to a section, and the option that tells the value."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def of(self, path: Path) -> Path:
        """Return the path in the file."""
        if path[:1] == ("layers",) and len(path) > 1 and isinstance(path[1], int):
            item = self.network.items.listed[path[1]]
            title, keys = self.network.keys[item.name]
            field = str(path[3]) if len(path) > 3 else ""
            key = keys.get(field, keys.get("", ""))
            return (title, key) if key else (title,)
        return (NET,)
