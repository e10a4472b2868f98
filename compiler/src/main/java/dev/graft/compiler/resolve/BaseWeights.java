package dev.graft.compiler.resolve;

import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.resolve.ValueComparison.Relation;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The base checkpoint that an adapter was trained on, as evidence: a module's place is where its weight's values are.
 *
 * @param tensors the checkpoint's tensors by name
 */
record BaseWeights(Map<String, Tensor> tensors) {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    /** Opens a safetensors file, an index of shards, or a folder with either. */
    static BaseWeights open(Path path) {
        if (Files.isDirectory(path)) {
            return open(path.resolve(Files.exists(path.resolve(INDEX)) ? INDEX : SINGLE));
        }
        Path name = path.getFileName();
        return name != null && name.toString().endsWith(".json")
                ? openShards(path)
                : new BaseWeights(SafetensorsReader.read(path).tensors());
    }

    private static BaseWeights openShards(Path index) {
        if (!(JsonFiles.readObject(index).members().get("weight_map") instanceof JsonValue.JsonObject map)) {
            throw new GraftException(
                    ErrorCode.JSON_MALFORMED,
                    "expected an index of shards with a weight_map",
                    Location.ofFile(index),
                    "Give the checkpoint's model.safetensors or model.safetensors.index.json.");
        }
        Set<String> shards = new TreeSet<>();
        for (JsonValue value : map.members().values()) {
            shards.add(value instanceof JsonValue.JsonText text ? text.value() : "");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String shard : shards) {
            if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
                throw new GraftException(
                        ErrorCode.JSON_MALFORMED,
                        "the index names the shard '" + shard + "', expected the name of a file beside it",
                        Location.ofFile(index),
                        "Give the index as it was published.");
            }
            tensors.putAll(SafetensorsReader.read(index.resolveSibling(shard)).tensors());
        }
        return new BaseWeights(tensors);
    }

    /** The checkpoint's tensor of a parameter, by its path or by the one path that ends alike. */
    Optional<Tensor> find(String module, String parameter) {
        String wanted = module + "." + parameter;
        Tensor exact = tensors.get(wanted);
        if (exact != null) {
            return Optional.of(exact);
        }
        List<Tensor> ends = tensors.values().stream()
                .filter(tensor -> NameMatch.of(wanted, tensor.name()).isPresent())
                .toList();
        return ends.size() == 1 ? Optional.of(ends.get(0)) : Optional.empty();
    }

    /**
     * Holds a choice against the values: confirms it, refutes it, or makes it where names could not.
     *
     * @param warnings takes what could not be compared
     */
    SiteChoice settle(ModuleChange change, SiteChoice choice, SiteMatcher matcher, Set<String> warnings) {
        Optional<Tensor> found = find(change.module(), ChangeFit.parameterOf(change));
        if (found.isEmpty()) {
            return choice;
        }
        return choice.isClear()
                ? confirm(change, choice, found.get(), warnings)
                : choose(change, choice, found.get(), matcher);
    }

    private static SiteChoice confirm(ModuleChange change, SiteChoice choice, Tensor values, Set<String> warnings) {
        List<SiteMatch> confirmed = new ArrayList<>();
        for (SiteMatch match : choice.taken()) {
            Relation relation = ValueComparison.of(match.fit().view().orElseThrow(), values);
            if (relation == Relation.DIFFERENT) {
                return choice.refused(
                        ErrorCode.TARGET_NOT_FOUND,
                        "the stored values are not those of '" + values.name()
                                + "' in the base checkpoint, neither as they "
                                + "are nor transposed: the model was exported from another checkpoint, or the name misleads");
            }
            if (relation == Relation.UNKNOWN) {
                warnings.add(change.module() + ": the stored weight cannot be compared with the base checkpoint ("
                        + match.site().weight().tensor().dtype().displayName() + ")");
            }
            confirmed.add(oriented(change, match, relation));
        }
        return choice.taking(confirmed);
    }

    private static SiteChoice choose(ModuleChange change, SiteChoice choice, Tensor values, SiteMatcher matcher) {
        List<SiteMatch> equal = new ArrayList<>();
        for (SiteMatch match : choice.fitting().isEmpty() ? anywhere(change, matcher) : choice.fitting()) {
            Relation relation = ValueComparison.of(match.fit().view().orElseThrow(), values);
            if (relation != Relation.DIFFERENT && relation != Relation.UNKNOWN) {
                SiteMatch proven = new SiteMatch(match.site(), match.module(), Rule.VALUES, match.name(), match.fit());
                equal.add(oriented(change, proven, relation));
            }
        }
        return equal.isEmpty() ? choice : SiteChoice.of(equal);
    }

    private static List<SiteMatch> anywhere(ModuleChange change, SiteMatcher matcher) {
        List<SiteMatch> matches = new ArrayList<>();
        for (Site site : matcher.sites()) {
            Fit fit = matcher.fit(change, site);
            if (fit.view().isPresent()) {
                matches.add(new SiteMatch(site, change.module(), Rule.VALUES, new NameMatch("", ""), fit));
            }
        }
        return matches;
    }

    /** For a replacement the values say for certain whether it has to be transposed. */
    private static SiteMatch oriented(ModuleChange change, SiteMatch match, Relation relation) {
        if (!(change instanceof TensorReplacement) || relation != Relation.EQUAL && relation != Relation.TRANSPOSED) {
            return match;
        }
        WeightView view = match.fit().view().orElseThrow();
        if (view.rows() != view.columns()) {
            return match;
        }
        Orientation orientation = relation == Relation.EQUAL ? Orientation.OUT_IN : Orientation.IN_OUT;
        Fit fit = Fit.of(view.withOrientation(orientation), match.fit().target());
        return new SiteMatch(match.site(), match.module(), match.rule(), match.name(), fit);
    }
}
