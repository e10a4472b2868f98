/**
 * Between the flat vector of trainable values and adapters: how it begins ({@link dev.graft.training.adapter.Initialization}), what
 * it is as an adapter that PEFT loads ({@link dev.graft.training.adapter.TrainedAdapter}), and how training goes on from one.
 */
@NullMarked
package dev.graft.training.adapter;

import org.jspecify.annotations.NullMarked;
