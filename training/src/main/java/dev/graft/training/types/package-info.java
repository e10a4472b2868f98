/**
 * What is known of every value of a model before it runs: its type, and if it is a small list of integers its elements.
 *
 * <p>{@link dev.graft.training.types.GraphTypes} is all that others see. It asks ONNX Runtime first ({@code OrtTypes}), which loses track
 * wherever a shape is computed:
 *
 * <pre>
 * Shape(x) -> Gather(0) -> Unsqueeze -> Concat(_, [-1], [8]) -> Reshape(y, _)
 * </pre>
 *
 * {@code Propagation} walks once over the graph and keeps two things of each value in {@code Facts}: its dimensions, each a {@code
 * Length} (a sum of products of symbols, {@code batch*seq + 1}), and the elements of small integer tensors, lengths too ({@code
 * KnownIntegers}). What an operator makes of them is one {@code Rule}: in {@code ...Shapes} for dimensions, in {@code ElementRules}
 * and {@code ListRules} for elements. A rule may say less than is true and never more: equal symbols are equal lengths in every run
 * that succeeds. So a dimension that a rule cannot tell gets a fresh symbol. A new operator is one more line in a table, and one in
 * the test beside it.
 *
 * <p>Taken as given: the names of the inputs' dimensions (the same name is the same length), that lengths are below 2^31, so that
 * computing them in 32 bits changes nothing, and that a computed 0 in a Reshape's target is meant as a length of 0.
 */
@NullMarked
package dev.graft.training.types;

import org.jspecify.annotations.NullMarked;
