/**
 * What {@code graft inspect} shows: a model's targets, an adapter's modules, and how the two fit.
 *
 * <p>Layers that are alike are one line ({@link dev.graft.cli.inspect.Layers}): a person reads 7 lines of a model with 224
 * targets, and sees at once when one layer differs from the others. {@code --json} has every target by itself.
 */
@NullMarked
package dev.graft.cli.inspect;

import org.jspecify.annotations.NullMarked;
