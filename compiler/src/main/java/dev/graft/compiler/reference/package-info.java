/**
 * The float64 reference of a model: the same graph with every floating-point value in double precision, for verification.
 *
 * <p>{@link dev.graft.compiler.reference.Float64Pass} changes initializers, constants, casts, inputs and outputs to double. ONNX
 * Runtime's CPU provider has no double kernel for some operators: those that are simple are written out in operators that have one ({@link
 * dev.graft.compiler.reference.Expansions}), the others become islands, with casts around them. {@link
 * dev.graft.compiler.reference.DoubleKernels} is the table.
 */
@NullMarked
package dev.graft.compiler.reference;

import org.jspecify.annotations.NullMarked;
