"""What a request says in its address."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.datastructures import QueryParams

from reread.web.bodies import UNKNOWN, place_in
from reread.web.problems import Problem

T = TypeVar("T", bound=msgspec.Struct)


def read_query(given: QueryParams, kind: type[T]) -> T:
    """The parameters of an address.

    Raises:
        Problem: 422, with the parameter that is wrong.
    """
    names = [name for name, _ in given.multi_items()]
    for name in names:
        if names.count(name) > 1:
            raise Problem(422, "the address has it twice", parameter=name)
    try:
        return msgspec.convert(dict(given), kind, strict=False)
    except msgspec.ValidationError as error:
        said, place = place_in(str(error))
        unknown = UNKNOWN.search(said)
        raise Problem(422, said, parameter=unknown[1] if unknown else place.removeprefix(".")) from error
