"""What an object holds on to, for tests that look for what may not be held, or for what grows."""

import gc
import types
from collections.abc import Iterator
from typing import Any

_PLAIN = (str, bytes, bytearray, int, float, bool, type(None))
_OTHERS = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.CodeType)


def reachable(*roots: Any) -> Iterator[Any]:
    """Everything that the roots hold through containers and attributes; not what code or modules hold."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) in seen or isinstance(found, _OTHERS):
            continue
        seen.add(id(found))
        yield found
        if isinstance(found, _PLAIN):
            continue
        if isinstance(found, dict):
            waiting += [*found.keys(), *found.values()]
        elif isinstance(found, (list, tuple, set, frozenset)):
            waiting += found
        elif hasattr(found, "cache_info"):  # what lru_cache holds
            waiting += gc.get_referents(found)
        else:
            waiting += list(getattr(found, "__dict__", {}).values())
            slots = getattr(type(found), "__slots__", ())
            waiting += [getattr(found, name) for name in slots if hasattr(found, name)]
