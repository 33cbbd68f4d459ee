"""Pickles, read without running them: nothing is imported, and nothing of the file is called.

A pickle is a program for a machine with a stack. This one makes numbers, texts, lists, tuples and
dicts as they are. Where the program names something to be imported, a Global holds the two names;
where it calls something, an Object holds what, with which arguments, and the state that the result
would be given. Whoever reads a format says what is to be made of its calls by a table of functions
of our own (Makers).

What comes out may contain itself, one part may stand in many places, and it may be nested to any
depth: walk over it with a stack of your own, and count your steps.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, cast

from shapecalc.checkpoints.base import Damaged, Unsupported

MOST_BYTES = 32 * 1024 * 1024  # of one pickle: weights stand elsewhere
MOST_STEPS = 1_000_000  # a tensor of PyTorch takes about 35
MOST_BITS = 1024  # of a number
LARGEST_KEY = 1 << 60  # of numbers that are keys: larger ones may be made to collide


@dataclass(frozen=True, slots=True)
class Global:
    """Something to be imported: a class or a function, by its module and its name in it."""

    module: str
    name: str


@dataclass(eq=False, repr=False, slots=True)
class Object:
    """What a call would have given: what was called, and what was done with the result.

    `state` is what it would have been given afterwards, `items` what would have been appended or
    added to it, `pairs` what set by key.
    """

    kind: Any  # nearly always a Global
    arguments: tuple[Any, ...] = ()
    state: Any = None
    items: list[Any] = field(default_factory=list)
    pairs: dict[Any, Any] = field(default_factory=dict)

    @property
    def attributes(self) -> dict[Any, Any]:
        """The state by name, where it has names; that of slots is left out."""
        state = self.state
        if isinstance(state, tuple) and len(state) == 2:
            state = state[0]
        return state if isinstance(state, dict) else {}


@dataclass(eq=False, repr=False, frozen=True, slots=True)
class Key:
    """A key of a dict that is neither a text nor a usual number: each is a key of its own."""

    value: Any


@dataclass(eq=False, repr=False, frozen=True, slots=True)
class Persistent:
    """Something that is kept outside of the pickle, by its identity there."""

    identity: Any


Maker = Callable[[tuple[Any, ...]], Any]
Makers = Mapping[Global, Maker]
NO_MAKERS: Makers = MappingProxyType({})

OLD_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}  # as Python 2 called them
ORDERED = Global("collections", "OrderedDict")
BY_CLASS = {  # calls whose first argument is the class, and how many arguments are no state of it
    Global("copyreg", "_reconstructor"): 3,
    Global("copyreg", "__newobj__"): 1,
    Global("copyreg", "__newobj_ex__"): 1,
}
LISTS = {Global("builtins", name) for name in ("set", "frozenset", "list")}
MARK = object()


def read_pickle(
    stream: BinaryIO,
    makers: Makers = NO_MAKERS,
    persistent: Callable[[Any], Any] = Persistent,
    most_steps: int = MOST_STEPS,
) -> Any:
    """Return what a pickle holds; the stream is left right behind it.

    Sets are lists, a dict of any class of Python is a dict, a bytearray is bytes; texts hold no
    halves of characters. `makers` are asked for what a call of a Global gives, with its arguments:
    they must not call anything of these, nor do more than a few steps. `persistent` is given the
    identity of what is kept outside. Raises Damaged, Unsupported.
    """
    return _Machine(makers, persistent, most_steps).run(_Bounded(stream))


class _Bounded:
    """A stream that gives no more than a pickle may have: never a block of what is not there."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left, self.start = stream, MOST_BYTES, stream.tell()

    def _spend(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise Unsupported(f"a pickle of more than {MOST_BYTES:,} bytes", self.start)
        return data

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer where the stream ends."""
        return self._spend(self._stream.read(min(size, self._left + 1)))

    def readline(self) -> bytes:
        """Return the rest of a line."""
        return self._spend(self._stream.readline(self._left + 1))

    def tell(self) -> int:
        """Return where the next byte stands."""
        return self.start + MOST_BYTES - self._left


class _Machine:
    """Runs a pickle's instructions, each of which is a method or an entry of the tables below."""

    def __init__(self, makers: Makers, persistent: Callable[[Any], Any], most_steps: int) -> None:
        self._makers, self._persistent, self._most = makers, persistent, most_steps
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._steps = 0

    def run(self, stream: _Bounded) -> Any:
        """Run all instructions, and return what is left."""
        place = stream.start
        try:
            for code, argument, at in pickletools.genops(cast("BinaryIO", stream)):
                place = at or 0
                self._spend(1)
                if code.name == "STOP":
                    return self._pop()
                self._step(code.name, argument)
        except Unsupported as error:
            raise error if error.offset is not None else Unsupported(str(error), place) from None
        except Damaged as error:
            raise Damaged(str(error), place) from None
        except IndexError:
            raise Damaged("a pickle takes more than there is", place) from None
        except (ValueError, OverflowError):  # of an instruction that is unknown or cut short
            raise Damaged("a damaged pickle", stream.tell()) from None
        raise Damaged("a pickle without an end", place)

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > self._most:
            raise Unsupported(f"a pickle of more than {self._most:,} steps")

    def _step(self, name: str, argument: Any) -> None:
        if name in VALUES:
            self._stack.append(VALUES[name])
        elif name in MADE:
            self._stack.append(MADE[name]())
        elif name in WRITTEN:
            self._stack.append(_plain(argument))
        elif name in METHODS:
            METHODS[name](self, argument)
        elif name not in ("PROTO", "FRAME"):
            raise Unsupported(f"the instruction {name} in a pickle")

    # -- the stack ---------------------------------------------------------------------------------

    def _pop(self) -> Any:
        value = self._stack.pop()
        if value is MARK:
            raise Damaged("a pickle takes more than there is")
        return value

    def _top(self) -> Any:
        value = self._stack[-1]
        if value is MARK:
            raise Damaged("a pickle takes more than there is")
        return value

    def _since_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        stack = self._stack
        at = len(stack) - 1
        while stack[at] is not MARK:
            at -= 1
            if at < 0:
                raise Damaged("a pickle without a mark where it needs one")
        taken = stack[at + 1 :]
        del stack[at:]
        return taken

    def mark(self, _: Any) -> None:
        """Put a mark."""
        self._stack.append(MARK)

    def pop(self, _: Any) -> None:
        """Drop the topmost value, or mark."""
        self._stack.pop()

    def pop_mark(self, _: Any) -> None:
        """Drop everything down to a mark."""
        self._since_mark()

    def dup(self, _: Any) -> None:
        """Put the topmost value once more."""
        self._stack.append(self._top())

    # -- the memo ----------------------------------------------------------------------------------

    def put(self, index: int) -> None:
        """Keep the topmost value under a number."""
        if not 0 <= index < LARGEST_KEY:
            raise Damaged("a pickle keeps a value under an impossible number")
        self._memo[index] = self._top()

    def memoize(self, _: Any) -> None:
        """Keep the topmost value under the next number."""
        self._memo[len(self._memo)] = self._top()

    def get(self, index: int) -> None:
        """Put what was kept."""
        if index not in self._memo:
            raise Damaged("a pickle asks for what it has not kept")
        self._stack.append(self._memo[index])

    # -- containers --------------------------------------------------------------------------------

    def tuple_(self, _: Any) -> None:
        """Make a tuple of what stands above a mark."""
        self._stack.append(tuple(self._since_mark()))

    def tuple_of(self, count: int) -> None:
        """Make a tuple of the topmost values."""
        values = [self._pop() for _ in range(count)]
        self._stack.append(tuple(reversed(values)))

    def list_(self, _: Any) -> None:
        """Make a list of what stands above a mark."""
        self._stack.append(self._since_mark())

    def dict_(self, _: Any) -> None:
        """Make a dict of the keys and values above a mark."""
        made: dict[Any, Any] = {}
        self._set(made, self._since_mark())
        self._stack.append(made)

    def append(self, _: Any) -> None:
        """Append one value to the list below it."""
        value = self._pop()
        self._extend([value])

    def appends(self, _: Any) -> None:
        """Append what stands above a mark to the list below it."""
        self._extend(self._since_mark())

    def _extend(self, values: list[Any]) -> None:
        target = self._top()
        if isinstance(target, Object):
            target.items.extend(values)
        elif isinstance(target, list):
            target.extend(values)
        elif values:
            raise Damaged("a pickle appends to what is no list")

    def set_item(self, _: Any) -> None:
        """Set one key of the dict below it."""
        value, key = self._pop(), self._pop()
        self._set(self._top(), [key, value])

    def set_items(self, _: Any) -> None:
        """Set the keys above a mark, of the dict below it."""
        pairs = self._since_mark()
        self._set(self._top(), pairs)

    def _set(self, target: Any, flat: list[Any]) -> None:
        pairs = target.pairs if isinstance(target, Object) else target
        if len(flat) % 2 or not isinstance(pairs, dict):
            raise Damaged("a pickle sets keys of what is no dict, or a key without a value")
        for at in range(0, len(flat), 2):
            pairs[_key(flat[at])] = flat[at + 1]

    # -- names and calls ---------------------------------------------------------------------------

    def global_(self, argument: str) -> None:
        """Put what would be imported; the two names come as one text."""
        module, _, name = argument.partition(" ")
        self._stack.append(_global(module, name))

    def stack_global(self, _: Any) -> None:
        """Put what would be imported; the two names stand on the stack."""
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise Damaged("a pickle imports what is no name")
        self._stack.append(_global(module, name))

    def persistent(self, argument: str | None) -> None:
        """Put what is kept outside; its identity is the instruction's own, or on the stack."""
        identity = self._pop() if argument is None else _plain(argument)
        self._stack.append(self._persistent(identity))

    def inst(self, argument: str) -> None:
        """Put the result of a call of what is named, with what stands above a mark."""
        module, _, name = argument.partition(" ")
        self._call(_global(module, name), tuple(self._since_mark()))

    def obj(self, _: Any) -> None:
        """Put the result of a call of the first value above a mark, with the others."""
        called, *arguments = self._since_mark() or [None]
        self._call(called, tuple(arguments))

    def reduce(self, _: Any) -> None:
        """Put the result of a call; the arguments are a tuple."""
        arguments, called = self._pop(), self._pop()
        self._call(called, arguments)

    def new_object_of(self, _: Any) -> None:
        """Put a new object; arguments by name are left out."""
        self._pop()
        self.reduce(None)

    def _call(self, called: Any, arguments: Any) -> None:
        """Put what a call gives: an Object, unless it is known what to make of it."""
        if not isinstance(arguments, tuple):
            raise Damaged("a pickle calls something with arguments that are no tuple")
        made: Any
        if not isinstance(called, Global):
            made = Object(called, arguments)
        elif called in BY_CLASS and arguments:
            return self._call(arguments[0], arguments[BY_CLASS[called] :])
        elif called == ORDERED:
            made = self._ordered(arguments)
        elif called in LISTS:
            made = arguments[0] if arguments and isinstance(arguments[0], list) else []
        elif called in self._makers:
            made = self._makers[called](arguments)
        else:
            made = Object(called, arguments)
        self._stack.append(made)
        return None

    def _ordered(self, arguments: tuple[Any, ...]) -> dict[Any, Any]:
        """Return a dict of the pairs that older pickles give to OrderedDict, if any."""
        made: dict[Any, Any] = {}
        pairs = arguments[0] if arguments else []
        if isinstance(pairs, list):
            self._spend(len(pairs))
            for pair in pairs:
                if not isinstance(pair, list | tuple) or len(pair) != 2:
                    raise Damaged("a pickle makes a dict of what are no pairs")
                made[_key(pair[0])] = pair[1]
        return made

    def build(self, _: Any) -> None:
        """Give an object its state. What is made already needs none: it is dropped."""
        state = self._pop()
        target = self._top()
        if isinstance(target, Object):
            target.state = state


def _global(module: str, name: str) -> Global:
    return Global(OLD_MODULES.get(module, module), name)


def _plain(value: Any) -> Any:
    """Return a number, text or bytes as a value. Raises Unsupported for a number beyond all use."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise Unsupported(f"a number of {value.bit_length():,} bits")
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return bytes(value) if isinstance(value, bytearray) else value


def _key(value: Any) -> Any:
    """Return a value as a key. Of a tuple the hash may take for ever, and of numbers collide."""
    if isinstance(value, str | bytes | Global) or value is None:
        return value
    if isinstance(value, int) and abs(value) < LARGEST_KEY:
        return value
    return Key(value)


VALUES: dict[str, Any] = {
    "NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": (),
}  # fmt: skip
MADE: dict[str, Callable[[], Any]] = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_SET": list}
WRITTEN = frozenset({  # the value stands in the instruction
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING",
    "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
    "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
})  # fmt: skip
METHODS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark, "POP": _Machine.pop, "POP_MARK": _Machine.pop_mark, "DUP": _Machine.dup,
    "PUT": _Machine.put, "BINPUT": _Machine.put, "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize, "GET": _Machine.get, "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get, "TUPLE": _Machine.tuple_,
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "LIST": _Machine.list_, "FROZENSET": _Machine.list_, "DICT": _Machine.dict_,
    "APPEND": _Machine.append, "APPENDS": _Machine.appends, "ADDITEMS": _Machine.appends,
    "SETITEM": _Machine.set_item, "SETITEMS": _Machine.set_items,
    "GLOBAL": _Machine.global_, "STACK_GLOBAL": _Machine.stack_global,
    "PERSID": _Machine.persistent, "BINPERSID": _Machine.persistent,
    "INST": _Machine.inst, "OBJ": _Machine.obj, "REDUCE": _Machine.reduce,
    "NEWOBJ": _Machine.reduce, "NEWOBJ_EX": _Machine.new_object_of, "BUILD": _Machine.build,
}  # fmt: skip
