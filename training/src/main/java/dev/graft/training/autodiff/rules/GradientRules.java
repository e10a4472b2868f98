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
                    "ConstantOfShape",
                    "Constant",
                    "Equal",
                    "EyeLike",
                    "Floor",
                    "Greater",
                    "GreaterOrEqual",
                    "IsInf",
                    "IsNaN",
                    "Less",
                    "LessOrEqual",
                    "NonZero",
                    "Not",
                    "Or",
                    "Range",
                    "Round",
                    "Shape",
                    "Sign",
                    "Size",
                    "Xor"));

    private GradientRules() {}
}
