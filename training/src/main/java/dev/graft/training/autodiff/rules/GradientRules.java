package dev.graft.training.autodiff.rules;

import dev.graft.training.autodiff.GradientTable;

/** All gradient rules. */
public final class GradientRules {
    /** The table. */
    public static final GradientTable TABLE = GradientTable.of(
            ArithmeticRules.ENTRIES,
            PowerRule.ENTRIES,
            SelectionRules.ENTRIES,
            ActivationRules.ENTRIES,
            GateRules.ENTRIES,
            SoftmaxRules.ENTRIES,
            ProductRules.ENTRIES,
            EinsumRule.ENTRIES,
            LayoutRules.ENTRIES,
            PartRules.ENTRIES,
            ReductionRules.ENTRIES,
            NormalizationRules.ENTRIES,
            ChannelNormRules.ENTRIES,
            ConvolutionRules.ENTRIES,
            PoolRules.ENTRIES,
            ResizeRule.ENTRIES,
            RotaryRules.ENTRIES,
            QuantizationRules.ENTRIES,
            IndexRules.ENTRIES,
            GradientTable.stop(
                    "And",
                    "ArgMax",
                    "ArgMin",
                    "Ceil",
                    "Constant",
                    "ConstantOfShape",
                    "Equal",
                    "EyeLike",
                    "Floor",
                    "Greater",
                    "GreaterOrEqual",
                    "Hardmax",
                    "IsInf",
                    "IsNaN",
                    "Less",
                    "LessOrEqual",
                    "NonZero",
                    "Not",
                    "OneHot",
                    "Or",
                    "QuantizeLinear",
                    "Range",
                    "Round",
                    "Shape",
                    "Sign",
                    "Size",
                    "Xor"));

    private GradientRules() {}
}
