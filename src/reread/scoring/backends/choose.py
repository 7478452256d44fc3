"""Which backend answers for a model folder."""

from __future__ import annotations

from reread.errors import ConfigError
from reread.kernel import Library, load
from reread.machine import available_cores
from reread.recipes.spec import ModelSpec
from reread.registry import unknown_name
from reread.scoring.backends import Backend
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.backends.stored import StoredNetwork
from reread.scoring.network.build import TABLES, missing_part

AUTO, KERNEL, ONNX = "auto", "kernel", "onnx"
BACKENDS = (AUTO, KERNEL, ONNX)
PRECISIONS = tuple(TABLES)
EXACT = PRECISIONS[0]


def choose_library(spec: ModelSpec, backend: str, precision: str) -> Library | None:
    """The kernel's build that can score this network; None: ONNX Runtime does, or is asked for.

    Args:
        spec: the network's description.
        backend: auto, kernel or onnx.
        precision: of the products with states: float32, bfloat16 or int8.

    Raises:
        ConfigError: a name that there is not; or the kernel, or a precision that only it has, where it cannot score the network.
    """
    for kind, name, names in (("backend", backend, BACKENDS), ("precision", precision, PRECISIONS)):
        if name not in names:
            raise unknown_name(kind, name, list(names))
    if backend == ONNX and precision != EXACT:
        raise ConfigError(f"precision {precision} is the compiled kernel's; with backend onnx say float32")
    library = None if backend == ONNX else load()
    missing = "was not built here" if library is None else missing_part(spec, library, precision)
    if missing and (backend == KERNEL or precision != EXACT):
        raise ConfigError(
            f"the compiled kernel {missing}: it cannot score this network; say backend auto and precision float32"
        )
    return None if missing else library


def open_backend(
    network: StoredNetwork, onnx: bytes, library: Library | None, *, precision: str, threads: int | None
) -> Backend:
    """What runs a network: the kernel's build, or where there is none ONNX Runtime.

    Args:
        network: the network.
        onnx: the same, exported.
        library: the kernel's build.
        precision: of the kernel's products.
        threads: of the network's arithmetic; none: one for each core.

    Raises:
        BundleError: the exported network cannot be opened, or the tensors are not those of such a network.
    """
    if library is not None:
        return KernelBackend(network, library, precision=precision, threads=threads or available_cores())
    from reread.scoring.backends.onnx import OnnxBackend  # noqa: PLC0415  # takes a while to load

    return OnnxBackend(onnx, network.start_states, network.start_summary, layers=network.spec.layers, threads=threads)
