"""``dataclass`` for frozen values with slots, at a tenth of the price at the start.

The library's decorator writes and compiles six functions for every class, a third of a millisecond
each time, and near a hundred classes are needed before the window is painted. Here equality, hash,
``repr`` and refusal of changes are plain functions, and ``__init__``, the only one whose form
differs, is compiled when the first value is made. ``fields``, ``replace``, ``asdict`` and pattern
matching work as ever; to a type checker it is the library's own.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError
from dataclasses import dataclass as _dataclass
from dataclasses import fields as list_fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass

else:

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """A frozen data class with slots; other kinds are the library's business."""
        if not (frozen and slots):
            raise TypeError("this decorator makes frozen values with slots")
        return _value_class


def _value_class(plain: type) -> type:
    own = vars(plain)
    cls: Any = _dataclass(init=False, repr=False, eq=False, slots=True)(plain)
    fields = list_fields(cls)
    names = [field.name for field in fields]
    compared = _reader([field.name for field in fields if field.compare])
    made = {
        "__eq__": _equality(compared),
        "__hash__": _hash(compared),
        "__repr__": _words([field.name for field in fields if field.repr]),
        "__getstate__": _state(_reader(names)),
        "__setstate__": _restorer(names),
    }
    for name, function in made.items():
        if own.get(name) is None:
            setattr(cls, name, function)
    cls.__setattr__ = _refuse_setting
    cls.__delattr__ = _refuse_deleting
    if "__init__" not in own:
        cls.__init__ = _first_init(cls, fields)
    return cls  # type: ignore[no-any-return]


def _reader(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of the named fields, always as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _equality(read: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], Any]:
    def __eq__(self: Any, other: object) -> Any:  # noqa: N807 - it becomes the method
        if other.__class__ is self.__class__:
            return read(self) == read(other)
        return NotImplemented

    return __eq__


def _hash(read: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:  # noqa: N807 - it becomes the method
        return hash(read(self))

    return __hash__


def _words(names: list[str]) -> Callable[[Any], str]:
    def __repr__(self: Any) -> str:  # noqa: N807 - it becomes the method
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({told})"

    return __repr__


def _state(read: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], tuple[Any, ...]]:
    def __getstate__(self: Any) -> tuple[Any, ...]:  # noqa: N807 - it becomes the method
        return read(self)

    return __getstate__


def _restorer(names: list[str]) -> Callable[[Any, tuple[Any, ...]], None]:
    def __setstate__(self: Any, state: tuple[Any, ...]) -> None:  # noqa: N807 - the method
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __setstate__


def _refuse_setting(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _first_init(cls: Any, fields: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Stands in until the first value is made, then the compiled one takes its place."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - becomes the method
        compiled = _compile_init(cls, fields)
        # A class below without fields of its own comes here through its parent.
        cls.__init__ = compiled
        compiled(self, *args, **kwargs)

    return __init__


def _compile_init(cls: Any, fields: tuple[Field[Any], ...]) -> Callable[..., None]:
    space: dict[str, Any] = {"_missing": MISSING}
    heads, body = ["self"], []
    for field in fields:
        name = field.name
        space[f"_set_{name}"] = getattr(cls, name).__set__
        value = name
        if field.default is not MISSING:
            space[f"_default_{name}"] = field.default
            heads.append(f"{name}=_default_{name}")
        elif field.default_factory is not MISSING:
            space[f"_make_{name}"] = field.default_factory
            heads.append(f"{name}=_missing")
            value = f"_make_{name}() if {name} is _missing else {name}"
        else:
            heads.append(name)
        body.append(f" _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    source = f"def __init__({', '.join(heads)}):\n" + ("\n".join(body) or " pass")
    # Only names of our own fields are in it.
    exec(source, space)  # noqa: S102
    init: Callable[..., None] = space["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init
