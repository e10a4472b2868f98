package dev.graft.compiler.resolve;

import dev.graft.adapter.ModuleChange;

/**
 * A change and the one site it goes to.
 *
 * @param change what changes
 * @param adapterIndex which of the given adapters it comes from
 * @param weight the factor on that adapter
 * @param site where: the node
 * @param view what: the block of the stored weight, or of the stored bias for a change of a bias
 * @param target which parameter of the module the view is
 * @param rule how the module was recognised
 */
public record Binding(
        ModuleChange change, int adapterIndex, double weight, Site site, WeightView view, Parameter target, Rule rule) {
    /** Which parameter of its module a change goes to. */
    public enum Parameter {
        WEIGHT,
        BIAS
    }

    /** The module's path. */
    public String module() {
        return change.module();
    }
}
