package dev.graft.compiler.resolve;

/**
 * A module path under which a site can be known.
 *
 * @param module the path, possibly with a prefix of a wrapper in front ({@code m.model.layers.0.self_attn.q_proj})
 * @param parameter which parameter of the module the site's tensor is: {@code weight}, {@code bias} or another
 * @param rule how it is known
 */
public record SiteName(String module, String parameter, Rule rule) {
    /** The name of a site that uses its module's weight. */
    public SiteName(String module, Rule rule) {
        this(module, "weight", rule);
    }
}
