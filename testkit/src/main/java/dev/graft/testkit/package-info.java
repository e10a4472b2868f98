/**
 * AssertJ assertions about models and adapters, for users' own tests.
 *
 * <pre>{@code
 * import static dev.graft.testkit.GraftAssertions.assertThatAdapter;
 * import static dev.graft.testkit.GraftAssertions.assertThatModel;
 *
 * assertThatAdapter(adapter).hasRank(8).targets("q_proj", "v_proj").hasFiniteValues().fits(base);
 * assertThatModel(merged)
 *         .hasSameArchitectureAs(base)
 *         .isMergeOf(base, adapter)
 *         .differsOnlyIn("q_proj", "v_proj").from(base)
 *         .producesSameOutputsAs(attached).onSamples(4);
 * }</pre>
 *
 * <p>A failure says what was expected, what was found, where, and what the likely cause is; each message is a class in {@link
 * dev.graft.testkit.error}. A file that cannot be read is no failed assertion: it throws the {@link
 * dev.graft.error.GraftException} that every part of Graft throws.
 *
 * <p>Models run on the CPU; a test that calls {@code producesSameOutputsAs} needs ONNX Runtime among its dependencies.
 */
@NullMarked
package dev.graft.testkit;

import org.jspecify.annotations.NullMarked;
