package dev.graft.compiler.attach;

import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.WeightView;

/**
 * A place for an adapter that is not there yet.
 *
 * @param module the module's path, which names the inputs
 * @param site where the branch goes
 * @param view the block of the weight that the module is
 */
public record Slot(String module, Site site, WeightView view) {}
