/** AssertJ assertions about models and adapters, for users' own tests. */
@NullMarked
package dev.graft.testkit;

import org.jspecify.annotations.NullMarked;
