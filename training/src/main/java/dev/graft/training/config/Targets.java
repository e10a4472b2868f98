package dev.graft.training.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which modules get an adapter. */
public sealed interface Targets {
    /**
     * Every linear layer but the output head.
     *
     * @param besides names of modules as in {@link Suffixes}, which get an adapter too
     */
    record AllLinear(List<String> besides) implements Targets {
        public AllLinear {
            besides = List.copyOf(besides);
        }
    }

    /**
     * Modules whose path is, or ends in a dot and, one of these.
     *
     * @param suffixes such as {@code q_proj} or {@code layers.0.mlp.down_proj}
     */
    record Suffixes(List<String> suffixes) implements Targets {
        public Suffixes {
            suffixes = List.copyOf(suffixes);
        }
    }

    /**
     * Modules whose whole path matches.
     *
     * @param pattern a regular expression
     */
    record Expression(String pattern) implements Targets {}

    /** The words for every linear layer. */
    List<String> ALL = List.of("all", "all-linear");

    /** {@code lora_target}: {@code all}, names, {@code all} among names, or a regular expression, which is known by its special characters. */
    static Targets read(SettingReader reader) {
        String key = "lora_target";
        String whole =
                reader.source().value(key).orElse(new YamlValue.Scalar("all", true)) instanceof YamlValue.Scalar scalar
                        ? scalar.text().strip()
                        : "";
        List<String> names = reader.texts(key);
        if (ALL.contains(whole) || names.size() == 1 && ALL.contains(names.get(0))) {
            reader.effective().put(key, dev.graft.adapter.format.json.JsonValue.of("all"));
            return new AllLinear(List.of());
        }
        if (whole.chars().anyMatch(unit -> "*+?()[]|^$\\{}".indexOf(unit) >= 0)) {
            reader.effective().put(key, dev.graft.adapter.format.json.JsonValue.of(whole));
            return expression(reader, key, whole);
        }
        if (names.isEmpty()) {
            throw reader.source()
                    .invalid(
                            key,
                            "expected lora_target to name a module, got nothing",
                            "Write all, or names such as q_proj,v_proj.");
        }
        List<String> named = names.stream().filter(name -> !ALL.contains(name)).toList();
        return named.size() < names.size() ? new AllLinear(named) : new Suffixes(named);
    }

    private static Targets expression(SettingReader reader, String key, String whole) {
        try {
            return new Expression(Pattern.compile(whole).pattern());
        } catch (PatternSyntaxException e) {
            throw reader.source()
                    .invalid(
                            key,
                            "expected lora_target to be a regular expression, got '" + whole + "': "
                                    + e.getDescription(),
                            "Write all, names such as q_proj,v_proj, or an expression that matches whole module paths.");
        }
    }
}
