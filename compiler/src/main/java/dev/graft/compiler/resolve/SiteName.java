package dev.graft.compiler.resolve;

/**
 * A module path under which a site can be known.
 *
 * @param module the path, possibly with a prefix of a wrapper in front ({@code m.model.layers.0.self_attn.q_proj})
 * @param rule how it is known
 */
public record SiteName(String module, Rule rule) {}
