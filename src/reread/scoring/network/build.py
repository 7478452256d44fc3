"""A model folder's settings and tensors → a network on the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reread.kernel.library import Library
from reread.kernel.reading import Reader
from reread.recipes.spec import ModelSpec
from reread.scoring.network.dense import ACTIVATIONS, Dense, DenseLayers, fill
from reread.scoring.network.layers import Inputs, Latent, Layer
from reread.scoring.network.poolings import poolings
from reread.scoring.network.reading import Floats
from reread.scoring.network.recurrences import Direction, directions
from reread.scoring.network.tables import Part, WordTables
from reread.scoring.network.tensors import Tensors
from reread.scoring.network.text_net import KernelNet, Parts

TABLES: Mapping[str, tuple[str, ...]] = {
    "float32": ("float32",),
    "bfloat16": ("bfloat16",),
    "int8": ("bfloat16", "int8"),
}
"""For each precision of the products, the possible dtypes of the vocabulary's tables, preferred first."""


def missing_part(spec: ModelSpec, library: Library, precision: str) -> str:
    """What the kernel lacks to score a network, as half a sentence; empty if nothing."""
    if precision not in {*library.numbers, "int8"}:
        return f"has no products of {precision} on this processor"
    if spec.recurrence not in directions.names():
        return f"does not read {spec.recurrence}"
    if spec.pooling not in poolings.names():
        return f"does not pool by {spec.pooling}"
    used = {spec.latent_activation} if spec.latent else set()
    used |= {spec.activation} if spec.dense else set()
    unknown = sorted(used - set(ACTIVATIONS))
    return f"has no activation {unknown[0]}" if unknown else ""


def build_net(
    spec: ModelSpec,
    tensors: Tensors,
    sizes: Sequence[int],
    scores: int,
    *,
    library: Library,
    precision: str,
    memory: float,
) -> KernelNet:
    """Build the network that ``spec`` describes.

    Args:
        spec: the network's settings, all of which the kernel supports (see `missing_part`).
        tensors: of the network.
        sizes: rows of each token feature's table.
        scores: numbers per text.
        library: the kernel build.
        precision: of the products with states: float32, bfloat16 or int8.
        memory: MiB that the vocabulary's tables may take.

    Raises:
        BundleError: the tensors do not fit the network.
    """
    exact, reader = Reader(library, "float32"), Reader(library, precision)
    embeddings = [_embedding(spec, tensors.under("embedding."), k, size) for k, size in enumerate(sizes)]
    word_dim = spec.embedding_dim * len(sizes)
    layers = _layers(spec, reader, tensors, word_dim)
    states = spec.hidden * len(layers[0].directions)
    parts, latent = [direction.part for direction in layers[0].directions], None
    if spec.latent:
        latent, of_words = _latent(spec, (reader, exact), tensors.under("latent."), states, word_dim)
        parts += [of_words] if of_words is not None else []
    in_dim = spec.latent[-1] if spec.latent else states + word_dim * spec.concat_word
    backward = slice(spec.hidden, 2 * spec.hidden) if spec.bidirectional and not spec.latent else slice(0, 0)
    pooling = poolings.get(spec.pooling)(exact, tensors.under("pooling."), in_dim, backward)
    dense = _dense(exact, tensors.under("head.1."), pooling.out_dim, spec.dense)
    width = spec.dense[-1] if spec.dense else pooling.out_dim
    last = Dense(exact, tensors.take("head.2.weight", scores, width), tensors.take("head.2.bias", scores))
    tables = WordTables(exact, embeddings, parts, TABLES[precision], memory)
    return KernelNet(
        Parts(
            tables=tables,
            layers=layers,
            latent=latent,
            pooling=pooling,
            dense=DenseLayers(dense, spec.activation if dense else "linear"),
            scores=last,
        ),
        embeddings,
        concat_word=spec.concat_word,
    )


def _embedding(spec: ModelSpec, tensors: Tensors, feature: int, size: int) -> Floats:
    """A feature's vectors, (size, dim), with the weights of its tokens multiplied in."""
    vectors = tensors.take(f"tables.{feature}.weight", size, spec.embedding_dim)
    return vectors * tensors.take(f"token_weights.{feature}.weight", size, 1) if spec.token_weights else vectors


def _layers(spec: ModelSpec, reader: Reader, tensors: Tensors, in_dim: int) -> list[Layer]:
    names = ("ahead", "back") if spec.bidirectional else ("ahead",)
    kind: type[Direction] = directions.get(spec.recurrence)
    layers: list[Layer] = []
    for number in range(spec.layers):
        each = [kind(reader, tensors.under(f"layers.{number}.{name}."), in_dim, spec.hidden) for name in names]
        inputs = [Inputs(reader, direction.part, len(names)) for direction in each] if number else ()
        layers.append(Layer(reader, each, inputs))
        in_dim = spec.hidden * len(names)
    return layers


def _latent(
    spec: ModelSpec, readers: tuple[Reader, Reader], tensors: Tensors, states: int, word_dim: int
) -> tuple[Latent, Part | None]:
    """The latent layers, and what words add to the sums of the first."""
    (reader, exact), columns = readers, spec.latent[0]
    filled, width = reader.filled(columns), states + word_dim * spec.concat_word
    weight = fill(tensors.take("0.weight", columns, width), filled, width)
    bias = fill(tensors.take("0.bias", columns)[None], 1, filled)[0]
    first = Inputs(reader, Part(weight[:, :states], bias), 2 if spec.bidirectional else 1)
    rest = _dense(exact, tensors, columns, spec.latent[1:], first=1)
    of_words = Part(weight[:, states:], bias) if spec.concat_word else None
    return Latent(first, columns, spec.latent_activation, rest), of_words


def _dense(reader: Reader, tensors: Tensors, in_dim: int, sizes: Sequence[int], first: int = 0) -> list[Dense]:
    layers = []
    for k, size in enumerate(sizes, start=first):  # each is followed by its activation and its dropout
        layers.append(Dense(reader, tensors.take(f"{3 * k}.weight", size, in_dim), tensors.take(f"{3 * k}.bias", size)))
        in_dim = size
    return layers
