package dev.graft.cli.generate;

import dev.graft.error.DidYouMean;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.mix.AdapterMix;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The adapters that there are to choose from, and how much of each.
 *
 * @param weights by name, in the order in which they were given
 */
public record AdapterChoices(Map<String, Double> weights) {
    private static final String BASE = "base";
    private static final Pattern WEIGHTED = Pattern.compile("(.+)@([-+]?[0-9.]+)");

    public AdapterChoices {
        weights = new LinkedHashMap<>(weights);
    }

    /** All of them, added up. */
    public AdapterMix together() {
        AdapterMix mix = AdapterMix.BASE;
        for (Map.Entry<String, Double> one : weights.entrySet()) {
            mix = mix.and(one.getKey(), one.getValue());
        }
        return mix;
    }

    /** The first, or none where there is none. */
    public AdapterMix first() {
        return weights.entrySet().stream()
                .findFirst()
                .map(one -> AdapterMix.of(one.getKey(), one.getValue()))
                .orElse(AdapterMix.BASE);
    }

    /** The names, for a person. */
    public String names() {
        return weights.isEmpty() ? "none" : String.join(", ", weights.keySet());
    }

    /**
     * What a prompt's adapter means: {@code base} for none, where no adapter is called so, or as {@link #parse}.
     *
     * @throws GraftException as {@link #parse}
     */
    public AdapterMix choose(String words) {
        return words.equals(BASE) && !weights.containsKey(BASE) ? AdapterMix.BASE : parse(words);
    }

    /**
     * What {@code NAME} or {@code NAME@0.7+OTHER@0.3} means; a weight multiplies the one that the adapter was given with.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}, or {@code USAGE} for one that is named twice or a weight that is no number
     */
    public AdapterMix parse(String words) {
        if (weights.containsKey(words)) {
            return AdapterMix.of(words, weights.getOrDefault(words, 1.0));
        }
        AdapterMix mix = AdapterMix.BASE;
        for (String word : words.split("\\+", -1)) {
            Matcher weighted = WEIGHTED.matcher(word.strip());
            boolean hasWeight = weighted.matches() && !weights.containsKey(word.strip());
            String name = hasWeight ? weighted.group(1) : word.strip();
            double weight = hasWeight ? number(weighted.group(2)) : 1;
            mix = and(mix, name, weight * known(name));
        }
        return mix;
    }

    private static AdapterMix and(AdapterMix mix, String name, double weight) {
        if (mix.parts().stream().anyMatch(part -> part.adapter().equals(name))) {
            throw usage("'" + name + "' is named twice");
        }
        return mix.and(name, weight);
    }

    private double known(String name) {
        Double weight = weights.get(name);
        if (weight == null) {
            throw new GraftException(
                    ErrorCode.ADAPTER_UNKNOWN,
                    "unknown adapter \"" + name + "\"; loaded: " + names(),
                    Location.NONE,
                    (DidYouMean.sentence(name, weights.keySet()) + " Name one that was given with --adapter.").strip());
        }
        return weight;
    }

    private static double number(String text) {
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!Double.isFinite(number)) {
            throw usage("expected a number behind @, got '" + text + "'");
        }
        return number;
    }

    private static GraftException usage(String message) {
        return new GraftException(ErrorCode.USAGE, message, Location.NONE, "Write NAME, or NAME@0.7+OTHER@0.3.");
    }
}
