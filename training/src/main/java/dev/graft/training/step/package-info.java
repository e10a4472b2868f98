/**
 * The compiled training graph as the loop sees it: {@link dev.graft.training.step.TrainingEngine} takes a {@link
 * dev.graft.training.step.Batch}, adds up gradients and updates the trainable values, which lie in one flat vector that a {@link
 * dev.graft.training.step.TrainableLayout} describes.
 */
@NullMarked
package dev.graft.training.step;

import org.jspecify.annotations.NullMarked;
