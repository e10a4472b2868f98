/** Tests of {@code dev.graft.adapter.format.loralib}. */
@NullMarked
package dev.graft.adapter.format.loralib;

import org.jspecify.annotations.NullMarked;
