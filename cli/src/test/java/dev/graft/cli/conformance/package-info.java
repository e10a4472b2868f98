/**
 * The promises of the project, checked over other people's models and adapters: {@code mvn -Pconformance verify}.
 *
 * <p>Each class prints a table with one line a case and fails if any line misses; a case that is not supported must be refused
 * with a reason, and the table says so. Nothing is skipped silently.
 */
@NullMarked
package dev.graft.cli.conformance;

import org.jspecify.annotations.NullMarked;
