package dev.graft.compiler.verify;

import java.util.Optional;

/**
 * How one block of a merged tensor stands to what base and adapters give.
 *
 * @param module the module's path
 * @param tensor the tensor's name in the merged model
 * @param elements the block's elements
 * @param exact elements that are the expected number, bit for bit
 * @param withinBound elements that are not, but as near as another correct way of computing may come
 * @param wrong all others; those within the bound too, where all together show that the change was not merged once, see {@link ChangeStrength}
 * @param worstError the largest distance from the expected value
 * @param finding what explains the wrong ones
 */
public record TargetProof(
        String module,
        String tensor,
        long elements,
        long exact,
        long withinBound,
        long wrong,
        double worstError,
        Optional<Finding> finding) {}
