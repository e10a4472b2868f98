/** What a failed assertion says: expected, found, where, and the likely cause; one class per assertion. */
@NullMarked
package dev.graft.testkit.error;

import org.jspecify.annotations.NullMarked;
