"""reread trains, explains and serves recurrent text classifiers and regressors, English and Chinese.

The public names are loaded when first used: importing reread loads neither torch nor scikit-learn.
"""

from __future__ import annotations

from reread.version import __version__

TYPE_CHECKING = False  # as type checkers read it; importing `typing` takes longer than all else here

if TYPE_CHECKING:
    from reread.errors import (
        BundleError,
        ConfigError,
        DataError,
        ExportError,
        MissingExtraError,
        NotABundleError,
        RereadError,
        TrainingError,
    )
    from reread.estimators.classifier import TextClassifier
    from reread.estimators.joint import JointTextModel
    from reread.estimators.regressor import TextRegressor
    from reread.model.base import Model
    from reread.model.blend import blend
    from reread.model.load import load
    from reread.verification import verify

_HOMES = {
    "BundleError": "errors",
    "ConfigError": "errors",
    "DataError": "errors",
    "ExportError": "errors",
    "JointTextModel": "estimators.joint",
    "MissingExtraError": "errors",
    "Model": "model.base",
    "NotABundleError": "errors",
    "RereadError": "errors",
    "TextClassifier": "estimators.classifier",
    "TextRegressor": "estimators.regressor",
    "TrainingError": "errors",
    "blend": "model.blend",
    "load": "model.load",
    "verify": "verification",
}

__all__ = [
    "BundleError",
    "ConfigError",
    "DataError",
    "ExportError",
    "JointTextModel",
    "MissingExtraError",
    "Model",
    "NotABundleError",
    "RereadError",
    "TextClassifier",
    "TextRegressor",
    "TrainingError",
    "__version__",
    "blend",
    "load",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'reread' has no attribute {name!r}")
    import importlib  # noqa: PLC0415  # like `typing`, it costs more than all else here

    value: object = getattr(importlib.import_module(f"reread.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return __all__
