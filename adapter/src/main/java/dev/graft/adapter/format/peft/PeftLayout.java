package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** An adapter in PEFT's words: options and named tensors. */
final class PeftLayout {
    private final Adapter adapter;
    private final List<LowRankChange> lowRank;
    private final Set<String> targets = new LinkedHashSet<>();
    private final Set<String> wholeModules = new HashSet<>();
    private final Set<String> savedModules = new LinkedHashSet<>();
    private final Map<String, JsonValue> tokenRows = new TreeMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Set<String> biasedModules = new HashSet<>();

    private PeftLayout(Adapter adapter) {
        this.adapter = adapter;
        this.lowRank = adapter.lowRankChanges();
        lowRank.forEach(change -> targets.add(change.module()));
        for (ModuleChange change : adapter.changes()) {
            if (change instanceof TensorReplacement replacement
                    && !replacement.parameter().equals("bias")) {
                wholeModules.add(replacement.module());
            }
        }
    }

    /**
     * Translates an adapter.
     *
     * @throws GraftException {@code CONVERT_UNSUPPORTED}
     */
    static PeftLayout of(Adapter adapter) {
        PeftLayout layout = new PeftLayout(adapter);
        adapter.changes().forEach(layout::refuseUnknownWidth);
        layout.checkUniform();
        adapter.changes().forEach(layout::add);
        return layout;
    }

    /** The tensors under PEFT's names. */
    List<Tensor> tensors() {
        return tensors;
    }

    /** {@code adapter_config.json}, with sorted keys as PEFT writes it. */
    JsonValue config() {
        Map<String, JsonValue> options = new TreeMap<>();
        options.put("auto_mapping", JsonValue.ofNull());
        options.put("base_model_name_or_path", baseModel());
        options.put("inference_mode", JsonValue.of(true));
        options.put("revision", JsonValue.ofNull());
        options.put("task_type", JsonValue.ofNull());
        if (lowRank.isEmpty()) {
            putTokenOptions(options);
        } else {
            putLoraOptions(options);
        }
        return new JsonValue.JsonObject(options);
    }

    private JsonValue baseModel() {
        String name = adapter.details().get("base_model_name_or_path");
        return name == null ? JsonValue.ofNull() : JsonValue.of(name);
    }

    private void putTokenOptions(Map<String, JsonValue> options) {
        options.put("peft_type", JsonValue.of("TRAINABLE_TOKENS"));
        options.put("init_weights", JsonValue.of(true));
        options.put("target_modules", JsonValue.ofTexts(tokenRows.keySet()));
        options.put("token_indices", tokenRows.values().iterator().next());
    }

    private void putLoraOptions(Map<String, JsonValue> options) {
        LowRankChange first = lowRank.get(0);
        long defaultRank = mostFrequent(LowRankChange::rank);
        double defaultAlpha = mostFrequent(PeftLayout::alpha);
        options.put("peft_type", JsonValue.of("LORA"));
        options.put("bias", JsonValue.of(trainedBiases()));
        options.put("fan_in_fan_out", JsonValue.of(false));
        options.put("init_lora_weights", JsonValue.of(true));
        options.put("lora_alpha", JsonValue.of(defaultAlpha));
        options.put("lora_bias", JsonValue.of(lowRank.stream().anyMatch(change -> change.biasDelta() != null)));
        options.put("lora_dropout", JsonValue.of(0));
        options.put("modules_to_save", savedModules.isEmpty() ? JsonValue.ofNull() : JsonValue.ofTexts(savedModules));
        options.put("r", JsonValue.of(defaultRank));
        options.put("target_modules", JsonValue.ofTexts(targets));
        options.put("use_dora", JsonValue.of(first.isDora()));
        options.put("use_rslora", JsonValue.of(false));
        options.put(
                "trainable_token_indices",
                tokenRows.isEmpty() ? JsonValue.ofNull() : new JsonValue.JsonObject(tokenRows));
        putPatterns(options, defaultRank, defaultAlpha);
    }

    /** What most modules have, of two as frequent what comes first: some tools read the defaults and no patterns. */
    private <T> T mostFrequent(Function<LowRankChange, T> property) {
        Map<T, Integer> counts = new LinkedHashMap<>();
        lowRank.forEach(change -> counts.merge(property.apply(change), 1, Integer::sum));
        int most = Collections.max(counts.values());
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private static double alpha(LowRankChange change) {
        return ExactAlpha.of(change.scaling(), change.rank());
    }

    private String trainedBiases() {
        if (biasedModules.isEmpty()) {
            return "none";
        }
        return targets.containsAll(biasedModules) ? "lora_only" : "all";
    }

    private void putPatterns(Map<String, JsonValue> options, long defaultRank, double defaultAlpha) {
        Map<String, JsonValue> ranks = new TreeMap<>();
        Map<String, JsonValue> alphas = new TreeMap<>();
        for (LowRankChange change : lowRank) {
            String pattern = "^" + escaped(change.module());
            if (change.rank() != defaultRank) {
                ranks.put(pattern, JsonValue.of(change.rank()));
            }
            if (alpha(change) != defaultAlpha) {
                alphas.put(pattern, JsonValue.of(alpha(change)));
            }
        }
        options.put("rank_pattern", new JsonValue.JsonObject(ranks));
        options.put("alpha_pattern", new JsonValue.JsonObject(alphas));
    }

    /** As Python's {@code re.escape} for what occurs in module paths. */
    private static String escaped(String module) {
        return module.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
    }

    private void refuseUnknownWidth(ModuleChange change) {
        if (change instanceof SharedProjectionChange) {
            throw unsupported(change.module(), SharedProjectionChange.WHY_NOT_ALONE, SharedProjectionChange.WAY_OUT);
        }
    }

    private void add(ModuleChange change) {
        if (change instanceof LowRankChange low) {
            addLowRank(low);
        } else if (change instanceof TensorReplacement replacement) {
            addReplacement(replacement);
        } else if (change instanceof RowReplacement rows) {
            addRows(rows);
        }
    }

    private void addLowRank(LowRankChange change) {
        boolean embedding = change.kind() == LayerKind.EMBEDDING;
        if (change.kind() == LayerKind.CONV_FLAT) {
            throw unsupported(
                    change.module(),
                    "its factors are those of loralib's convolution, whose product is the kernel row by row; PEFT's make another product of them");
        }
        put(change.module(), embedding ? "lora_embedding_A" : "lora_A.weight", change.a());
        put(change.module(), embedding ? "lora_embedding_B" : "lora_B.weight", change.b());
        if (change.biasDelta() != null) {
            put(change.module(), "lora_B.bias", change.biasDelta());
        }
        if (change.magnitude() != null) {
            put(change.module(), "lora_magnitude_vector", change.magnitude().withShape(magnitudeShape(change)));
        }
    }

    private static Shape magnitudeShape(LowRankChange change) {
        long out = change.b().shape().dim(0);
        if (change.kind() != LayerKind.CONV) {
            return Shape.of(out);
        }
        long[] dims = new long[change.a().shape().rank()];
        Arrays.fill(dims, 1);
        dims[1] = out;
        return Shape.of(dims);
    }

    private void addReplacement(TensorReplacement replacement) {
        boolean target = targets.contains(replacement.module());
        boolean bias = replacement.parameter().equals("bias");
        if (lowRank.isEmpty() || target && !bias) {
            throw unsupported(
                    replacement.module(),
                    lowRank.isEmpty()
                            ? "a PEFT adapter of nothing but whole tensors cannot be written"
                            : "PEFT cannot replace the weight of a module that it also adapts");
        }
        if (bias && !wholeModules.contains(replacement.module())) {
            biasedModules.add(replacement.module());
        } else {
            savedModules.add(replacement.module());
        }
        put(replacement.module(), (target ? "base_layer." : "") + replacement.parameter(), replacement.value());
    }

    private void addRows(RowReplacement rows) {
        JsonValue numbers = new JsonValue.JsonArray(
                rows.rows().stream().map(row -> JsonValue.of((long) row)).toList());
        tokenRows.put(rows.module(), numbers);
        if (lowRank.isEmpty() && !tokenRows.values().stream().allMatch(numbers::equals)) {
            throw unsupported(rows.module(), "PEFT's trainable tokens are the same rows in every embedding");
        }
        put(rows.module(), (lowRank.isEmpty() ? "" : "token_adapter.") + "trainable_tokens_delta", rows.values());
    }

    private void put(String module, String part, Tensor tensor) {
        tensors.add(tensor.withName(PeftKey.PREFIX + module + "." + part));
    }

    private void checkUniform() {
        boolean loraBias = lowRank.stream().anyMatch(change -> change.biasDelta() != null);
        for (LowRankChange change : lowRank) {
            if (change.isDora() != lowRank.get(0).isDora()) {
                throw unsupported(change.module(), "PEFT cannot mix DoRA and LoRA in one adapter");
            }
            if (loraBias && change.biasDelta() == null && change.kind() != LayerKind.EMBEDDING) {
                throw unsupported(change.module(), "PEFT's lora_bias is for every module or none");
            }
            if (!Double.isFinite(change.scaling())) {
                throw unsupported(change.module(), "its scaling is not finite");
            }
        }
    }

    private GraftException unsupported(String module, String reason) {
        return unsupported(
                module,
                reason,
                "Bake the adapter into the model with graft merge instead, or train it without this change.");
    }

    private GraftException unsupported(String module, String reason, String remedy) {
        return new GraftException(
                ErrorCode.CONVERT_UNSUPPORTED,
                "module '" + module + "' cannot be written as PEFT: " + reason,
                Location.ofFile(adapter.source()),
                remedy);
    }
}
