/** What tests of the compiler build their models with. */
@NullMarked
package dev.graft.compiler.testing;

import org.jspecify.annotations.NullMarked;
