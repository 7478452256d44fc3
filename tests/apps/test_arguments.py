"""The dataclass that each command takes its options as agrees with what click gives it."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import click
import pytest

from reread.apps.cli.run import reread as root


def leaves(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        called = f"{path} {name}".strip()
        yield from leaves(command, called) if isinstance(command, click.Group) else [(called, command)]


COMMANDS = dict(leaves(root))


def arguments_of(command: click.Command) -> type:
    """The dataclass that the command's function takes."""
    [kind] = [hint for name, hint in hints_of(command).items() if name != "return"]
    return kind


def hints_of(command: click.Command) -> dict[str, Any]:
    assert command.callback is not None
    return get_type_hints(inspect.unwrap(command.callback))


def taken(command: click.Command) -> dict[str, click.Parameter]:
    """The parameters whose values click hands on, by name."""
    return {str(parameter.name): parameter for parameter in command.params if parameter.expose_value}


def members(hint: Any) -> set[Any]:
    """The types of a union, or the one that it is."""
    return set(get_args(hint)) if get_origin(hint) in {Union, types.UnionType} else {hint}


def expected(parameter: click.Parameter) -> set[Any]:
    """The types of a parameter's values, as click has them."""
    if parameter.nargs == -1 or (isinstance(parameter, click.Option) and parameter.multiple):
        return {tuple[_scalar(parameter.type), ...]}
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return {bool}
    optional = not parameter.required and parameter.default in (None, getattr(click.core, "UNSET", None))
    return {_scalar(parameter.type), *({type(None)} if optional else ())}


def _scalar(kind: click.ParamType) -> Any:
    if isinstance(kind, click.Choice):
        return Literal[tuple(kind.choices)]
    if isinstance(kind, click.Path):
        return kind.type or str
    numbers = {click.IntRange: int, click.FloatRange: float}
    return next((number for range_, number in numbers.items() if isinstance(kind, range_)), str)


def test_groups_are_walked() -> None:
    assert {"train", "data fetch", "vectors neighbours"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_a_field_and_every_field_an_option(name: str) -> None:
    fields = {field.name for field in dataclasses.fields(arguments_of(COMMANDS[name]))}
    assert fields == set(taken(COMMANDS[name]))


@pytest.mark.parametrize("name", COMMANDS)
def test_fields_have_the_types_of_the_options(name: str) -> None:
    hints = get_type_hints(arguments_of(COMMANDS[name]))
    found = {option: members(hints[option]) for option in taken(COMMANDS[name])}
    assert found == {option: expected(parameter) for option, parameter in taken(COMMANDS[name]).items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_named_and_do_not_change(name: str) -> None:
    kind: Any = arguments_of(COMMANDS[name])
    assert kind.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(kind))
