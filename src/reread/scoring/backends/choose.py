"""Which backend answers for a model folder."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from reread.errors import ConfigError
from reread.kernel import Library, load
from reread.machine import available_cores
from reread.recipes.spec import ModelSpec
from reread.registry import unknown_name
from reread.scoring.backends import Backend
from reread.scoring.backends.fastest import seconds
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.network.build import TABLES, missing_part
from reread.scoring.precision import check_statement, objection

AUTO, KERNEL, ONNX = "auto", "kernel", "onnx"
BACKENDS = (AUTO, KERNEL, ONNX)
PRECISIONS = tuple(TABLES)
EXACT = PRECISIONS[0]
WORTH = 1.1  # how many times as fast as float32 a lower precision must be
logger = logging.getLogger(__name__)


def choose_library(spec: ModelSpec, backend: str, precision: str) -> Library | None:
    """The kernel build that can score this network; None: ONNX Runtime does, or is requested.

    Args:
        spec: the network's description.
        backend: auto, kernel or onnx.
        precision: of the products with states: float32, bfloat16, int8 or auto.

    Raises:
        ConfigError: a name is unknown; or the kernel, or a precision that only it has, is requested but cannot score
            the network.
    """
    for kind, name, names in (("backend", backend, BACKENDS), ("precision", precision, (*PRECISIONS, AUTO))):
        if name not in names:
            raise unknown_name(kind, name, list(names))
    precision = EXACT if precision == AUTO else precision
    if backend == ONNX and precision != EXACT:
        raise ConfigError(f"precision {precision} needs the compiled kernel; with backend onnx use float32")
    library = None if backend == ONNX else load()
    missing = "was not built here" if library is None else missing_part(spec, library, precision)
    if missing and (backend == KERNEL or precision != EXACT):
        raise ConfigError(
            f"the compiled kernel {missing}: it cannot score this network; use backend auto and precision float32"
        )
    return None if missing else library


def allowed_precisions(asked: str, statements: Any, limit: float) -> tuple[str, ...]:
    """The requested precision; for auto, float32 and every precision whose stated cost is within the limit.

    Args:
        asked: float32, bfloat16, int8 or auto.
        statements: what a model folder states of each precision.
        limit: see `check_statement`.

    Raises:
        ConfigError: the requested precision costs more, or its cost is not stated.
    """
    if asked == AUTO:
        return tuple(each for each in PRECISIONS if each == EXACT or not objection(statements, each, limit))
    if asked != EXACT:
        check_statement(statements, asked, limit)
    return (asked,)


def open_backend(
    network: StoredNetwork, onnx: bytes, library: Library | None, *, precisions: Sequence[str], threads: int | None
) -> Backend:
    """The backend of a network: the kernel build, or without one ONNX Runtime.

    Args:
        network: the network.
        onnx: the same, exported.
        library: the kernel's build.
        precisions: of the kernel's products; the fastest here is used.
        threads: of the network's arithmetic; None: one for each core.

    Raises:
        BundleError: the exported network cannot be opened, or the tensors do not fit the network.
    """
    if library is not None:
        return _open_kernel(network, library, precisions, threads or available_cores())
    from reread.scoring.backends.onnx import OnnxBackend  # noqa: PLC0415  # takes a while to load

    return OnnxBackend(onnx, network.start_states, network.start_summary, layers=network.spec.layers, threads=threads)


def _open_kernel(network: StoredNetwork, library: Library, precisions: Sequence[str], threads: int) -> KernelBackend:
    """The kernel in the fastest of some precisions; warns if that is slower than float32, which was not requested."""
    here = [each for each in precisions if not missing_part(network.spec, library, each)]
    made = {
        each: KernelBackend(network, library, precision=each, threads=threads) for each in dict.fromkeys([EXACT, *here])
    }
    if len(made) == 1:
        return made[EXACT]
    took = seconds(made, network.sizes)
    best = min(here, key=lambda each: took[each] * (1 if each == EXACT else WORTH))
    if took[best] > WORTH * took[EXACT]:
        logger.warning(
            "%s is slower than float32 on this processor (kernel level %s): it takes %.2f times as long",
            best,
            library.level,
            took[best] / took[EXACT],
        )
    return made[best]
