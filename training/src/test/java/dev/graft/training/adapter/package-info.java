/** Tests of trained values as adapters. */
@NullMarked
package dev.graft.training.adapter;

import org.jspecify.annotations.NullMarked;
