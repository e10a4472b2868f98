/** Transactions, their errors, and processes that die in them. */
@NullMarked
package dev.graft.io;

import org.jspecify.annotations.NullMarked;
