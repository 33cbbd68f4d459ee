"""Which formula tells the numbers of a layer of Keras that has no kind."""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc.readers.keras import opaque
from shapecalc.readers.keras.attention import additive, attention, grouped, weighted
from shapecalc.readers.keras.opaque import Formula
from shapecalc.readers.keras.preprocessing import ENCODERS
from shapecalc.readers.keras.recurrent import GATES, bidirectional, recurrent, rnn

KEEP = (
    "Activation", "ActivityRegularization", "AlphaDropout", "GaussianDropout", "GaussianNoise",
    "Masking", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "ThresholdedReLU",
    "RandomBrightness", "RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation",
    "RandomZoom", "RandomColorJitter", "RandomColorDegeneration", "RandomErasing",
    "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective",
    "RandomPosterization", "RandomSaturation", "RandomSharpness", "RandomShear",
    "RandomElasticTransform", "AugMix", "AutoContrast", "CutMix", "MixUp", "Equalization",
    "ContrastLimitedAdaptiveHistogramEqualization", "RandAugment", "Solarization",
    "Rescaling", "StochasticDepth", "Softmax", "ELU", "QActivation", "UnitNormalization",
)  # fmt: skip
FORMULAS: Mapping[str, Formula] = {
    **dict.fromkeys(KEEP, opaque.kept),
    **dict.fromkeys(("Lambda", "Dot", "MelSpectrogram"), opaque.without_weights),
    **dict.fromkeys(("LayerNormalization", "GroupNormalization"), opaque.norm),
    **ENCODERS,
    "AdditiveAttention": additive,
    "Attention": weighted,
    "BatchNormalization": opaque.batch_norm,
    "Concatenate": opaque.joined,
    "Minimum": opaque.stretching,
    **{name: recurrent(name) for name in GATES},
    "RNN": rnn,
    "Bidirectional": bidirectional,
    "EinsumDense": opaque.einsum,
    "Embedding": opaque.embedding,
    "GroupQueryAttention": grouped,
    "GroupedQueryAttention": grouped,
    "MultiHeadAttention": attention,
    "Normalization": opaque.normalization,
    "PReLU": opaque.prelu,
    "RepeatVector": opaque.repeated,
    "Resizing": opaque.resized,
    "CenterCrop": opaque.resized,
    "RandomCrop": opaque.resized,
}


def formula_of(class_name: str) -> Formula | None:
    """Return what tells a layer's numbers, or None where nothing does."""
    return FORMULAS.get(class_name)
