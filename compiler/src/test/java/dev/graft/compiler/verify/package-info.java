/** Proofs on models that were merged rightly and wrongly. */
@NullMarked
package dev.graft.compiler.verify;

import org.jspecify.annotations.NullMarked;
