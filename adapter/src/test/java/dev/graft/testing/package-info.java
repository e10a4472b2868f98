/**
 * What the tests of every module need: the place of the repository's fixtures and of the shared conformance data.
 * Other modules get this package as the test-jar of graft-adapter.
 */
@NullMarked
package dev.graft.testing;

import org.jspecify.annotations.NullMarked;
