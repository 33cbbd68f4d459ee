"""How often mistakes are made, and which of two that give one number is the more specific."""

from __future__ import annotations

from collections.abc import Mapping

# How often a mistake is made. The others are in between.
COMMON = frozenset((
    "activation_forgotten", "bias_not_added", "ceil_for_floor", "depth_kept",
    "dilation_times_filter", "floor_for_ceil", "flops_for_macs", "forgot_bias", "forgot_depth",
    "forgot_filters", "forgot_plus_one", "gradient_added", "gradient_sign", "loss_halved",
    "loss_mean", "loss_not_halved", "loss_sign", "macs_for_flops", "one_bias", "padding_ignored",
    "padding_once", "place_from_one", "rate_forgotten", "relu_for_leaky", "same_assumed",
    "slope_forgotten", "stride_ignored",
))  # fmt: skip
# Of these what is taken otherwise in the formula of sizes.
COMMON_IN_SIZES = (
    "ceil_for_floor", "floor_for_ceil", "forgot_plus_one", "padding_ignored", "padding_once",
    "same_assumed", "stride_ignored",
)  # fmt: skip
RARE = frozenset((
    "activation_applied", "bias_per_input", "bias_per_slice", "block_counted",
    "brackets_left_out", "bytes_for_values", "depth_multiplied", "depth_padded", "field_of_blocks",
    "field_own_stride", "filter_transposed", "half_filter_padding", "layer_left_out", "loss_base",
    "macs_with_biases", "neighbour", "one_unit", "one_window_only", "pool_gradient_misplaced",
    "pool_has_weights", "transposed_one_too_large",
))  # fmt: skip

# Mistakes with a weight decay, which a step may be taken without though the gradient has it.
DECAYED = frozenset((
    "weight_decay_forgotten", "weight_decay_not_halved", "weight_decay_of_one_layer",
))  # fmt: skip

# Mistakes by which an activation gives 0: it is what they give, and not nothing at all.
CUT_TO_0 = frozenset(("activation_applied", "relu_for_leaky"))

ANOTHERS = "neighbour"  # another layer's answer is that answer, without a second mistake
FROM_ONE = "place_from_one"  # and so is the value of another place

# Mistakes that give the right value of something else: no second one is made besides.
OF_SOMETHING_ELSE = frozenset((ANOTHERS, FROM_ONE))

# Mistakes that no number shows for certain, as somebody who takes another value in some other way
# has the same one, and none at all where another answer is right which they would have changed.
UNCERTAIN = frozenset((FROM_ONE,))

# Mistakes that are one at each of many places, so that the number alone is too likely chance: they
# are told where the working shows them.
ONLY_SHOWN = frozenset(("field_one_stride_ignored",))

# Mistakes that are one at each of many windows, or filters: with a second one they would be too
# likely chance.
ALONE = frozenset(("one_filter_gradient", "one_window_only"))

# Mistakes that give, for one number of a weight's gradient or step, that of another place.
MOVED = frozenset(("dense_transposed", "filter_transposed", "weight_gradient_turned"))

# Mistakes that give a part of a sum, which for one number is left in other ways as well.
OF_A_PART = frozenset(("one_filter_gradient",))

# A misconception, and those that are more specific: where they give the same number, they are
# meant. That is no order of all misconceptions: most pairs meet by chance, which says nothing.
MORE_SPECIFIC: Mapping[str, tuple[str, ...]] = {
    "activation_forgotten": ("slope_forgotten",),  # of a gradient that hangs on no value
    "bias_per_input": ("one_bias",),  # at a depth of 1
    "depth_multiplied": ("depth_kept",),  # with one filter
    "field_own_stride": ("field_summed",),  # 2x2 at S=2 behind a stride of 1
    "filter_flipped": ("filter_not_turned",),  # of a gradient that hangs on no value
    "filter_not_squared": (
        "forgot_depth",  # at D = F
        "macs_for_flops",  # 2x2 filters
    ),
    "filters_for_depth": (
        "groups_ignored",  # of a depthwise convolution
        "forgot_depth",  # with one filter
    ),
    "forgot_depth_one_bias": ("forgot_filters",),  # at D = K
    "forgot_filters": (
        "forgot_depth",  # at D = K
        "depth_kept",  # at a depth of 1
    ),
    "forgot_plus_one": (
        "floor_for_ceil",  # where every size was rounded up
        "dilation_times_filter",  # at a dilation of 2
    ),
    "network_depth": ("filters_for_depth",),  # at as many filters
    "same_assumed": ("ceil_for_floor",),  # a pool of 3x3 at S=2 on an even size
    "one_group_only": (
        "macs_for_flops",  # of two groups
        "forgot_depth",  # at a depth of groups*groups
        "filter_not_squared",  # at F = groups
    ),
    "other_class": ("class_from_one",),  # the class before
    "gradient_sign": ("gradient_added",),  # of a step, where no other answer has the wrong sign
    "slope_at_0": ("slope_forgotten",),  # where no value is negative
    "max_for_average": ("pool_gradient_whole",),  # at the largest, where it is not divided
    "volume_too_early": (
        "macs_for_flops",  # behind a layer that doubles the depth
        "flops_for_macs",  # behind one that halves it
        "filter_not_squared",  # behind one that gives F times the depth
    ),
    "neighbour": (
        "stride_ignored",  # the layer before is as large as at stride 1
        "field_of_filter_only",  # the layer before sees a window of the same size
        "field_enlarging_ignored",  # the layer before it is as many pixels apart
        "activation_applied",  # the layer after is the activation
        "activation_forgotten",  # the layer before is what the activation takes
        "slope_forgotten",  # the gradient of the layer after
    ),
}

# Mistakes that give one depth of filters: that of what the layer before gets, which keeps its depth
# or is left out. Who keeps depths elsewhere does so here.
OF_ONE_DEPTH = frozenset(("depth_kept", "volume_too_early"))

# Two mistakes at once of which one has to show elsewhere, or both in the working: a number that is
# off by one is a slip as well.
ONLY_AGAIN = {
    frozenset(("bias_in_weights", "one_bias")): "one_bias",
    frozenset(("absent_bias_counted", "one_bias")): "one_bias",
}

# Mistakes that no number tells apart where they give one: half of two squares is their mean, and
# what a bias of 0 is after a step is the step alone.
AS_OF_0 = frozenset(("bias_not_added", "step_alone"))
ALIKE = (frozenset(("loss_halved", "loss_mean")), AS_OF_0)

# Right answers to other questions do not speak against these: they are no way to compute.
SLIPS = frozenset((ANOTHERS, "field_one_stride_ignored", "layer_left_out"))

# Of a field these break another rule than of a size, as of the 1 that it begins with: right sizes
# say nothing of them there.
OTHERWISE_IN_FIELDS = frozenset(("forgot_plus_one",))
